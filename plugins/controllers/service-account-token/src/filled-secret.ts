import type { Secret, ServiceAccount } from '@keelson/api/core/v1';
import type { ServiceAccountTokenSigner } from '@keelson/sdk/auth';

/** What a token secret is filled from. */
export interface Filling {
  readonly secret: Secret;
  readonly account: ServiceAccount;
  /** PEM; undefined in a cluster without listener. */
  readonly authority: string | undefined;
  readonly signer: ServiceAccountTokenSigner;
}

/** The secret with everything that it lacks; undefined when it lacks nothing. A token that is there stays. */
export function filledSecret({ secret, account, authority, signer }: Filling): Secret | undefined {
  const { namespace = '', name, annotations = {} } = secret.metadata;
  const { data = {} } = secret;
  const wanted: Record<string, string> = { namespace: encode(namespace) };
  if (authority !== undefined) wanted['ca.crt'] = encode(authority);
  if ((data['token'] ?? '') === '') {
    const token = signer.forSecret({ namespace, serviceAccount: { name: account.metadata.name, uid: account.metadata.uid }, secretName: name });
    if (token !== undefined) wanted['token'] = encode(token);
  }
  const marks = { 'kubernetes.io/service-account.name': account.metadata.name, 'kubernetes.io/service-account.uid': account.metadata.uid };
  if (holds(data, wanted) && holds(annotations, marks)) return undefined;
  return { ...secret, metadata: { ...secret.metadata, annotations: { ...annotations, ...marks } }, data: { ...data, ...wanted } };
}

function holds(present: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => present[key] === value);
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
