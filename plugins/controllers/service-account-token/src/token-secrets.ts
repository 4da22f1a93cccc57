import { isTerminating } from '@keelson/api';
import { Secret, ServiceAccount } from '@keelson/api/core/v1';
import type { ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import type { Caches, ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { filledSecret } from './filled-secret.ts';

const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

const byAccount = 'account';
const bySecret = 'secret';

/** What the controller takes its contents from. */
export interface TokenSources {
  readonly authority: ClusterAuthority;
  readonly signer: ServiceAccountTokenSigner;
}

/** Fills secrets of type service-account-token, and removes those whose account is gone. */
export function tokenSecrets(sources: TokenSources): ControllerDeclaration<Secret> {
  return {
    name: 'service-account-token',
    for: Secret,
    select: { fieldSelector: 'type=kubernetes.io/service-account-token' },
    watches: [{ kind: ServiceAccount, enqueue: (account: ServiceAccount, caches: Caches) => secretsOf(account, caches) }],
    indexes: [
      { kind: Secret, name: byAccount, of: ({ metadata }: Secret) => [`${metadata.namespace ?? ''}/${metadata.annotations?.[nameAnnotation] ?? ''}`] },
      { kind: ServiceAccount, name: bySecret, of: ({ metadata, secrets = [] }: ServiceAccount) => secrets.map(({ name }) => `${metadata.namespace ?? ''}/${name ?? ''}`) },
    ],
    concurrency: 5,
    reconcile: (secret, context) => reconcile(secret, context, sources),
    async deleted({ namespace, name }, { api, caches }) {
      for (const account of caches.byIndex(ServiceAccount, bySecret, `${namespace ?? ''}/${name}`)) {
        await api.update({ ...account, secrets: (account.secrets ?? []).filter((secret) => secret.name !== name) });
      }
    },
  };
}

function secretsOf({ metadata }: ServiceAccount, caches: Caches) {
  return caches.byIndex(Secret, byAccount, `${metadata.namespace ?? ''}/${metadata.name}`).map((secret) => secret.metadata);
}

async function reconcile(secret: Secret, context: ReconcileContext, { authority, signer }: TokenSources): Promise<void> {
  const name = secret.metadata.annotations?.[nameAnnotation];
  if (name === undefined || name === '' || isTerminating(secret)) return;
  const account = await accountOf(secret, name, context);
  if (account === undefined) {
    const { uid, resourceVersion } = secret.metadata;
    await context.api.delete(secret, { preconditions: { uid, resourceVersion } });
    return;
  }
  const filled = filledSecret({ secret, account, authority: await authority.certificate(), signer });
  if (filled !== undefined) await context.api.update(filled);
}

/** The account that the secret belongs to; read live before it is taken for gone. Undefined: gone, or a namesake. */
async function accountOf(secret: Secret, name: string, { api, caches }: ReconcileContext): Promise<ServiceAccount | undefined> {
  const ref = { namespace: secret.metadata.namespace, name };
  const wanted = secret.metadata.annotations?.[uidAnnotation];
  const isIt = (account: ServiceAccount | undefined): boolean => account !== undefined && (wanted === undefined || wanted === '' || wanted === account.metadata.uid);
  const cached = caches.get(ServiceAccount, ref);
  if (isIt(cached)) return cached;
  const live = await api.get(ServiceAccount, ref);
  return isIt(live) ? live : undefined;
}
