import { isTerminating } from '@keelson/api';
import { Namespace, ServiceAccount } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { isStatus, type StatusError } from '@keelson/sdk';
import type { ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';

/** Sees to it that every active namespace has these service accounts. */
export function defaultAccounts(names: readonly string[]): ControllerDeclaration<Namespace> {
  return {
    name: 'service-account',
    for: Namespace,
    watches: [{
      kind: ServiceAccount,
      enqueue: ({ metadata }: ServiceAccount, _caches: unknown, { deleted }: { deleted: boolean }) =>
        deleted && names.includes(metadata.name) ? [{ name: metadata.namespace ?? '' }] : [],
    }],
    concurrency: 5,
    async reconcile(namespace, context) {
      if (isTerminating(namespace) || namespace.status?.phase === 'Terminating') return;
      for (const name of names) await ensure(namespace.metadata.name, name, context);
    },
  };
}

async function ensure(namespace: string, name: string, { api, caches }: ReconcileContext): Promise<void> {
  if (caches.get(ServiceAccount, { namespace, name }) !== undefined) return;
  try {
    await api.create(newObject(ServiceAccount, { metadata: { name, namespace } }));
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists') && !isNamespaceGoing(error)) throw error;
  }
}

/** The namespace went while the account was on its way: nothing is left to do. */
function isNamespaceGoing(error: unknown): boolean {
  if (isStatus(error, 'NotFound')) return true;
  return isStatus(error, 'Forbidden') && ((error as StatusError).details.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}
