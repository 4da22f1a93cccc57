import type { CertificateRequest } from '@keelson/sdk/auth';

type Rule = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

/** What each signer signs: the reason against a request, or undefined. */
export const signerRules: Readonly<Record<string, Rule>> = {
  'kubernetes.io/kube-apiserver-client': (_request, usages) => clientUsages(usages),
  'kubernetes.io/kube-apiserver-client-kubelet': (request, usages) =>
    nodeSubject(request) ?? noNames(request, ['dnsNames', 'emailAddresses', 'ipAddresses', 'uris']) ?? kubeletUsages(usages, 'client auth'),
  'kubernetes.io/kubelet-serving': (request, usages) =>
    nodeSubject(request) ?? noNames(request, ['emailAddresses', 'uris']) ??
    (request.dnsNames.length + request.ipAddresses.length === 0 ? 'DNS or IP subjectAltName is required' : undefined) ?? kubeletUsages(usages, 'server auth'),
  'kubernetes.io/legacy-unknown': () => undefined,
};

type Names = 'dnsNames' | 'emailAddresses' | 'ipAddresses' | 'uris';

const names: Readonly<Record<Names, string>> = { dnsNames: 'DNS', emailAddresses: 'Email', ipAddresses: 'IP', uris: 'URI' };

function noNames(request: CertificateRequest, kinds: readonly Names[]): string | undefined {
  const found = kinds.find((kind) => request[kind].length > 0);
  return found === undefined ? undefined : `${names[found]} subjectAltNames are not allowed`;
}

function nodeSubject({ organizations, commonName }: CertificateRequest): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes') return 'subject organization is not system:nodes';
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node: ';
}

function kubeletUsages(usages: readonly string[], main: string): string | undefined {
  const due = ['digital signature', main];
  const fine = due.every((usage) => usages.includes(usage)) && usages.every((usage) => due.includes(usage) || usage === 'key encipherment');
  return fine ? undefined : `usages did not match [${due.join(' ')}] with or without key encipherment`;
}

function clientUsages(usages: readonly string[]): string | undefined {
  const foreign = usages.find((usage) => usage !== 'digital signature' && usage !== 'key encipherment' && usage !== 'client auth');
  if (foreign !== undefined) return `invalid usage for client certificate: ${foreign}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}
