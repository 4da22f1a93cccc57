import type { KubeObject } from '@keelson/api';
import type { ApiContext } from '../context.ts';
import { badRequest, conflict, notFound, staleWrite } from '../api-errors.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { ApiRequest, Reply } from '../request.ts';
import { sameContent, serializeObject } from '../registry/object-codec.ts';
import { allowsCreateOnUpdate, allowsUnconditionalUpdate, prepareForUpdate, validateForUpdate, withDefaults } from '../registry/strategy.ts';
import type { CachedObject } from '../../watch/index.ts';
import { decodeBody, isDryRun } from './body.ts';
import { checkNamespace, createDecoded, failIfInvalid } from './create.ts';
import { recordManager } from './field-ownership.ts';
import { keyOf, storageOf } from './get.ts';
import { cloneJson } from '../patch/json-value.ts';

/** Tries of a write that names no version, when others write at the same time; upstream retries as often. */
const conflictTries = 6;

/** PUT of an object or its status. */
export async function updateObject(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const { kind } = request.resource;
  const object = decodeBody(request, kind);
  checkNamespace(object, request);
  object.metadata.name ??= request.name!;
  if (object.metadata.name !== request.name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${request.name!})`);
  }
  const version = object.metadata.resourceVersion ?? '';
  if (version === '' && !allowsUnconditionalUpdate(kind)) {
    failIfInvalid(request, object, [{ reason: 'FieldValueInvalid', field: 'metadata.resourceVersion', message: 'Invalid value: 0x0: must be specified for an update' }]);
  }
  const storage = storageOf(request);
  if (request.subresource === '' && storage.cache.get(keyOf(request)) === undefined && allowsCreateOnUpdate(kind)) {
    if (version !== '') throw notFound(kind, request.name!);
    return createDecoded(context, request, object, isDryRun(request));
  }
  return changeObject(context, request, { unconditional: version === '', produce: () => (version === '' ? cloneJson(object) : object) });
}

/** What a change makes of the present object. */
export interface Change {
  /** Another try on a newer state is in order when somebody else wrote first. */
  readonly unconditional: boolean;
  /** `current` is frozen (served kind); `fresh` gives an own mutable copy. The answer is mutable and complete. */
  produce(current: MutableObject, fresh: () => MutableObject): MutableObject | Promise<MutableObject>;
  /** The change has kept `metadata.managedFields` itself (apply). */
  readonly managesFields?: boolean;
  /** The endpoint that the fields are owned through, where it is not the request's (`scale`). */
  readonly ownedThrough?: string;
}

/** Read, change, check, write: the one way in which stored objects are changed. */
export async function changeObject(context: ApiContext, request: ApiRequest, change: Change): Promise<Reply> {
  const storage = storageOf(request);
  const dryRun = isDryRun(request);
  for (let attempt = 1; ; attempt++) {
    const current = storage.cache.get(keyOf(request));
    if (current === undefined) throw notFound(request.resource.kind, request.name!);
    const outcome = await tryChange(context, request, change, current, dryRun);
    if (outcome !== undefined) return outcome;
    if (!change.unconditional || attempt === conflictTries) throw staleWrite(request.resource.kind, request.name!);
  }
}

async function tryChange(context: ApiContext, request: ApiRequest, change: Change, current: CachedObject, dryRun: boolean): Promise<Reply | undefined> {
  const { kind, conversion } = request.resource;
  const storage = storageOf(request);
  const old = (conversion === undefined ? current.object : conversion.fromStorage(current.object as MutableObject)) as MutableObject;
  const fresh = (): MutableObject => {
    const copy = JSON.parse(current.bytes.toString('utf8')) as MutableObject;
    return conversion === undefined ? copy : conversion.fromStorage(copy);
  };
  const next = await change.produce(old, fresh);
  const version = next.metadata.resourceVersion ?? '';
  if (version !== '' && version !== String(current.revision)) throw staleWrite(kind, request.name!);
  checkUid(request, next, old);
  withDefaults(kind, next);
  prepareForUpdate(kind, next, old, request.subresource);
  const admission = {
    operation: 'UPDATE' as const, kind, subresource: request.subresource, namespace: request.namespace, name: request.name,
    object: next, oldObject: old as KubeObject, user: request.user, dryRun, warn: request.warn,
  };
  await context.admission.mutate(admission, context.lookup);
  context.rbacGuard.check(request, next, old);
  const undo = request.subresource === '' ? context.hooks.get(kind)?.beforeUpdate?.(next, old, context, dryRun) : undefined;
  try {
    failIfInvalid(request, next, validateForUpdate(kind, next, old, request.subresource));
    await context.admission.validate(admission, context.lookup);
    if (change.managesFields !== true) recordManager(context, change.ownedThrough === undefined ? request : { ...request, subresource: change.ownedThrough }, next, old);
    const bytes = serializeObject(storage.kind, conversion === undefined ? next : conversion.toStorage(next));
    if (sameContent(bytes, current.bytes)) {
      undo?.();
      return { type: 'cached', code: 200, kind, cached: current };
    }
    if (dryRun) {
      undo?.();
      next.metadata.resourceVersion = String(current.revision);
      return { type: 'object', code: 200, object: next };
    }
    if (isRemovable(context, request, next)) {
      const removed = await context.objects.remove(storage, current.key, current.revision);
      return removed === undefined ? undefined : { type: 'object', code: 200, object: { ...next, metadata: { ...next.metadata, resourceVersion: String(removed.revision) } } };
    }
    const written = await context.objects.replace(storage, current.key, current.revision, bytes);
    if (written === undefined) {
      undo?.();
      return undefined;
    }
    if (request.subresource === '') context.hooks.get(kind)?.settled?.(next, old);
    return { type: 'cached', code: 200, kind, cached: written };
  } catch (error) {
    undo?.();
    throw error;
  }
}

/** A deletion that waited for finalizers is completed by the write that removes the last one. */
function isRemovable(context: ApiContext, request: ApiRequest, next: MutableObject): boolean {
  const meta = next.metadata;
  if (meta.deletionTimestamp === undefined || (meta.finalizers?.length ?? 0) > 0 || (meta.deletionGracePeriodSeconds ?? 0) > 0) return false;
  return context.hooks.get(request.resource.kind)?.holdsDeletion?.(next) !== true;
}

function checkUid(request: ApiRequest, next: MutableObject, old: MutableObject): void {
  const { uid } = next.metadata;
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    throw conflict(request.resource.kind, request.name!, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`);
  }
}
