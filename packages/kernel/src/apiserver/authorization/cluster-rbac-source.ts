import type { Kind } from '@keelson/api';
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@keelson/api/rbac/v1';
import type { ResourceRegistry } from '../registry/resource-registry.ts';
import type { RbacChange, RbacObject, RbacSource } from './rbac-source.ts';

const kinds: readonly Kind[] = [ClusterRole, ClusterRoleBinding, Role, RoleBinding];

/** Name under which a plugin acts. */
export function pluginUser(plugin: string): string {
  return `system:keelson:plugin:${plugin}`;
}

/** The stored RBAC objects, from the server's own caches. */
export class ClusterRbacSource implements RbacSource {
  constructor(private readonly registry: ResourceRegistry) {}

  /** Loads the caches that the policy lives in. */
  async ready(): Promise<void> {
    await Promise.all(kinds.map((kind) => this.#cache(kind).ready()));
  }

  *list(): Iterable<RbacObject> {
    for (const kind of kinds) for (const cached of this.#cache(kind).list()) yield cached.object as RbacObject;
  }

  onChange(listener: (change: RbacChange) => void): () => void {
    const subscriptions = kinds.map((kind) => {
      const cache = this.#cache(kind);
      return cache.subscribe({ key: 'rbac', namespace: undefined, matches: undefined, index: undefined }, undefined, {
        event: (event) => {
          listener({ type: event.type === 'DELETED' ? 'deleted' : 'put', object: event.object.object as RbacObject });
        },
        end: () => undefined,
      });
    });
    return () => {
      for (const subscription of subscriptions) subscription.stop();
    };
  }

  #cache(kind: Kind) {
    return this.registry.find(kind.group, kind.version, kind.plural)!.storage!.cache;
  }
}
