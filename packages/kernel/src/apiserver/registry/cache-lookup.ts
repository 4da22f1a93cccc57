import { objectKey, type Kind, type KubeObject } from '@keelson/api';
import type { ObjectRef } from '@keelson/sdk';
import type { AdmissionLookup } from '@keelson/sdk/admission';
import { inNamespace, selectFrom } from '../../watch/index.ts';
import type { ResourceRegistry } from './resource-registry.ts';

/** Synchronous reads for admission and authentication; a resource whose cache is not loaded yet looks empty. */
export class CacheLookup implements AdmissionLookup {
  constructor(private readonly registry: ResourceRegistry) {}

  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): T | undefined {
    const storage = this.registry.find(kind.group, kind.version, kind.plural)?.storage;
    return storage?.cache.get(objectKey(ref))?.object as T | undefined;
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    const storage = this.registry.find(kind.group, kind.version, kind.plural)?.storage;
    if (storage === undefined) return [];
    return selectFrom(storage.cache.state, inNamespace(namespace)).map((cached) => cached.object as T);
  }
}
