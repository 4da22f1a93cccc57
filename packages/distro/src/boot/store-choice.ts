import { join } from 'node:path';
import type { Clock, Logger } from '@keelson/sdk';
import { stampRevision } from '@keelson/kernel/apiserver';
import { openMemoryStore, type Store } from '@keelson/kernel/storage';

/** Which storage driver a cluster runs on. */
export type StoreChoice =
  | { readonly driver: 'memory' }
  | { readonly driver: 'embedded'; readonly directory: string }
  | { readonly driver: 'etcd'; readonly endpoints: readonly string[] };

/** Opens the chosen store; drivers that are not chosen are not loaded. Errors: `DataDirectoryError`, `StoreUnavailableError`. */
export async function openStore(choice: StoreChoice, parts: { readonly clock: Clock; readonly log: Logger }): Promise<Store> {
  const { clock, log } = parts;
  switch (choice.driver) {
    case 'memory':
      return openMemoryStore({ clock, stamp: stampRevision });
    case 'embedded': {
      const { openEmbeddedStore } = await import('@keelson/kernel/storage/embedded');
      return openEmbeddedStore({ directory: join(choice.directory), clock, stamp: stampRevision, logger: log });
    }
    case 'etcd': {
      const { openEtcdStore } = await import('@keelson/kernel/storage/etcd');
      return openEtcdStore({ endpoints: choice.endpoints, clock, stamp: stampRevision, logger: log });
    }
  }
}
