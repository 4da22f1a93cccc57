import type { Kind, KubeObject } from '@keelson/api';
import { isStatus, type ApiClient } from '@keelson/sdk';

/** True when the object waits for this finalizer before it goes. */
export function hasFinalizer(object: Pick<KubeObject, 'metadata'>, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** Adds a finalizer; the object as it is when the finalizer is there already. Conflict when the object changed meanwhile. */
export async function addFinalizer<T extends KubeObject>(api: ApiClient, kind: Kind<T>, object: T, finalizer: string): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return write(api, kind, object, [...(object.metadata.finalizers ?? []), finalizer]);
}

/** Removes a finalizer; undefined when that let the object go (or it was gone). Conflict when the object changed meanwhile. */
export async function removeFinalizer<T extends KubeObject>(api: ApiClient, kind: Kind<T>, object: T, finalizer: string): Promise<T | undefined> {
  if (!hasFinalizer(object, finalizer)) return object;
  try {
    return await write(api, kind, object, (object.metadata.finalizers ?? []).filter((name) => name !== finalizer));
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The resourceVersion goes along: a merge patch replaces the whole list and must not undo another writer's entry. */
function write<T extends KubeObject>(api: ApiClient, kind: Kind<T>, object: T, finalizers: readonly string[]): Promise<T> {
  const { name, namespace, resourceVersion } = object.metadata;
  return api.patch(kind, { name, namespace }, { type: 'merge', body: { metadata: { finalizers, resourceVersion } } });
}
