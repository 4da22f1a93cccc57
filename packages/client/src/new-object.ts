import type { Draft, Kind, KubeObject } from '@keelson/api';

/** An object to create: the draft with apiVersion and kind filled in; what the server sets is not there yet. */
export function newObject<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>): T {
  return { ...draft, apiVersion: kind.apiVersion, kind: kind.kind } as unknown as T;
}
