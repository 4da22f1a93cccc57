import type { HealthCheck } from './serving-state.ts';

/** What the check asks of a resource's storage. */
interface Followed {
  readonly prefix: string;
  readonly cache: { readonly following: boolean };
}

/**
 * `informer-sync` of `/readyz`: fails while a cache that serves readers has lost its watch on the store, and so serves
 * a state that grows old. A resource that nobody has read yet has no cache to be behind.
 */
export function syncCheck(storages: () => Iterable<Followed>): HealthCheck {
  return {
    name: 'informer-sync',
    check: () => {
      const behind = [...storages()].filter(({ cache }) => !cache.following).map(({ prefix }) => prefix);
      return behind.length === 0 ? undefined : `${behind.length} watch ${behind.length === 1 ? 'cache does' : 'caches do'} not follow the store: ${behind.slice(0, 3).join(', ')}${behind.length > 3 ? ', …' : ''}`;
    },
  };
}
