import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { Causes, type Cause, type ChangeCheck, type Check } from './causes.ts';
import { changeChecks, checks } from './checks.ts';
import { checkBySchema, checkClosedSets } from './generic.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';
import { checkEphemeralChange, checkResize } from './pod.ts';
import type { Pod } from '../core/v1/index.ts';

/** Kinds that are not stored: their metadata may be empty. */
function isStored(kind: Kind): boolean {
  return kind.verbs.includes('get');
}

/** What is wrong with a decoded, defaulted object; empty when it may be created. */
export function validateCreate(kind: Kind, object: KubeObject): readonly Cause[] {
  const causes = new Causes();
  if (isStored(kind)) validateObjectMeta(kind, object.metadata, causes);
  checkContent(kind, object, causes);
  return causes.list;
}

/** Which resource an update came through; subresources may change what the main one may not. */
export interface UpdateOptions {
  readonly subresource?: string;
}

/** What is wrong with replacing `old` by `next`; empty when it may be written. Call after prepareForUpdate. */
export function validateUpdate(kind: Kind, next: KubeObject, old: KubeObject, options: UpdateOptions = {}): readonly Cause[] {
  const causes = new Causes();
  validateObjectMeta(kind, next.metadata, causes);
  validateObjectMetaUpdate(next.metadata, old.metadata, causes);
  // What is only about status was checked by whoever wrote the rest.
  if (options.subresource === 'status') return causes.list;
  checkContent(kind, next, causes);
  if (causes.list.length === 0) changeCheckOf(kind, options.subresource)?.(next, old, causes);
  return causes.list;
}

function checkContent(kind: Kind, object: KubeObject, causes: Causes): void {
  const check = checks[idOf(kind)] as Check<KubeObject> | undefined;
  if (check === undefined) {
    if (kind.definition !== '') checkBySchema(object, kind.definition, causes);
    return;
  }
  check(object, causes);
  checkClosedSets(object, kind.definition, causes);
}

function changeCheckOf(kind: Kind, subresource: string | undefined): ChangeCheck<KubeObject> | undefined {
  if (subresource === undefined) return changeChecks[idOf(kind)] as ChangeCheck<KubeObject> | undefined;
  if (idOf(kind) !== 'v1/Pod') return undefined;
  if (subresource === 'ephemeralcontainers') return (next, old, causes) => checkEphemeralChange(next as Pod, old as Pod, causes);
  if (subresource === 'resize') return (next, old, causes) => checkResize(next as Pod, old as Pod, causes);
  return undefined;
}

function idOf(kind: Kind): string {
  return `${kind.apiVersion}/${kind.kind}`;
}
