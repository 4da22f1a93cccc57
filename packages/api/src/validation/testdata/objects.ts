import { defaultObject } from '../../defaulting/index.ts';
import type { Kind } from '../../kind.ts';
import type { KubeObject } from '../../meta/object.ts';
import { prepareForCreate } from '../../strategy/index.ts';
import { describeCause, validateCreate, validateUpdate } from '../index.ts';

/** An object as the server has it when it asks whether it is good: defaulted and prepared. */
export function object(kind: Kind, rest: object): KubeObject {
  const { metadata, ...sections } = rest as { metadata?: object };
  const made = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name: 'x', uid: 'u', ...(kind.namespaced ? { namespace: 'default' } : {}), ...metadata },
    ...structuredClone(sections),
  } as unknown as KubeObject;
  defaultObject(kind, made);
  prepareForCreate(kind, made);
  return made;
}

/** What is wrong with it, as a Status message says it. */
export function problems(kind: Kind, rest: object): string[] {
  return validateCreate(kind, object(kind, rest)).map(describeCause);
}

/** What is wrong with replacing `old` by `next`. */
export function changes(kind: Kind, next: object, old: object): string[] {
  return validateUpdate(kind, object(kind, next), object(kind, old)).map(describeCause);
}
