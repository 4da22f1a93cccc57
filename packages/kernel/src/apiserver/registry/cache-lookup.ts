import { objectKey, type Kind, type KubeObject } from '@keelson/api';
import type { ObjectRef } from '@keelson/sdk';
import type { AdmissionLookup } from '@keelson/sdk/admission';
import { inNamespace, selectFrom, type Subscription } from '../../watch/index.ts';
import type { ResourceRegistry } from './resource-registry.ts';

/** Synchronous reads for admission and authentication; a resource whose cache is not loaded yet looks empty. */
export class CacheLookup implements AdmissionLookup {
  constructor(private readonly registry: Pick<ResourceRegistry, 'find'>) {}

  async ready(kind: Kind): Promise<void> {
    await this.#cacheOf(kind)?.ready();
  }

  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): T | undefined {
    return this.#cacheOf(kind)?.get(objectKey(ref))?.object as T | undefined;
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    const cache = this.#cacheOf(kind);
    if (cache === undefined) return [];
    return selectFrom(cache.state, inNamespace(namespace)).map((cached) => cached.object as T);
  }

  async whenPresent<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, signal: AbortSignal): Promise<T | undefined> {
    const cache = this.#cacheOf(kind);
    await cache?.ready();
    const present = this.get(kind, ref);
    if (present !== undefined || cache === undefined || signal.aborted) return present;
    const key = objectKey(ref);
    return new Promise((resolve) => {
      const settle = (object: T | undefined): void => {
        signal.removeEventListener('abort', gone);
        subscription.stop();
        resolve(object);
      };
      const gone = (): void => settle(undefined);
      const subscription: Subscription = cache.subscribe(inNamespace(kind.namespaced ? ref.namespace : undefined), undefined, {
        event: ({ type, object }) => {
          if (object.key === key && type !== 'DELETED') settle(object.object as T);
        },
        end: gone,
      });
      signal.addEventListener('abort', gone, { once: true });
    });
  }

  #cacheOf(kind: Kind) {
    return this.registry.find(kind.group, kind.version, kind.plural)?.storage?.cache;
  }
}
