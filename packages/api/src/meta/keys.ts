import type { DraftMeta, KubeObject } from './object.ts';

/** Identity of an object within its kind. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name` for cluster-scoped objects. */
export function objectKey(object: { readonly metadata: ObjectName } | ObjectName): string {
  const { namespace, name } = 'metadata' in object ? object.metadata : object;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Splits what {@link objectKey} joined. */
export function parseObjectKey(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Namespace of a namespaced object; throws for one without, which storage never holds. */
export function namespaceOf(object: { readonly metadata: DraftMeta }): string {
  const { namespace } = object.metadata;
  if (namespace === undefined || namespace === '') throw new Error(`object ${object.metadata.name ?? ''} has no namespace`);
  return namespace;
}

/** True while the object waits for its finalizers or its grace period. */
export function isTerminating(object: Pick<KubeObject, 'metadata'>): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
