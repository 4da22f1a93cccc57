import type { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import type { Node } from '@keelson/api/core/v1';
import type { CertificateRequest } from '@keelson/sdk/auth';

const nodePrefix = 'system:node:';
const nodesGroup = 'system:nodes';

/** Usages of a kubelet's certificate: the key exchange of RSA keys needs one more. */
const usagesFor = (main: string): readonly (readonly string[])[] => [['digital signature', main], ['digital signature', 'key encipherment', main]];

/** The client certificate of a kubelet: one of the nodes, with no other names. */
export function isNodeClient({ spec }: CertificateSigningRequest, request: CertificateRequest): boolean {
  return spec.signerName === 'kubernetes.io/kube-apiserver-client-kubelet' && isNode(request) && hasUsages(spec.usages, 'client auth') &&
    [request.dnsNames, request.ipAddresses, request.emailAddresses, request.uris].every(({ length }) => length === 0);
}

/** The requester asks for itself. */
export function isForItself({ spec }: CertificateSigningRequest, request: CertificateRequest): boolean {
  return spec.username === request.commonName;
}

/** The serving certificate of a kubelet that asks for itself. */
export function isOwnServing(csr: CertificateSigningRequest, request: CertificateRequest): boolean {
  const { spec } = csr;
  return spec.signerName === 'kubernetes.io/kubelet-serving' && isNode(request) && hasUsages(spec.usages, 'server auth') && isForItself(csr, request) &&
    spec.groups?.includes(nodesGroup) === true && request.emailAddresses.length === 0 && request.uris.length === 0 &&
    request.dnsNames.length + request.ipAddresses.length > 0;
}

/** Name of the node that a request is about. */
export function nodeNameOf(userName: string): string {
  return userName.startsWith(nodePrefix) ? userName.slice(nodePrefix.length) : '';
}

/** Names that the Node object does not list as its addresses. */
export function foreignNames({ dnsNames, ipAddresses }: CertificateRequest, node: Node): readonly string[] {
  const own = new Set((node.status?.addresses ?? []).map(({ address }) => address));
  return [...dnsNames, ...ipAddresses].filter((name) => !own.has(name));
}

function isNode({ commonName, organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === nodesGroup && nodeNameOf(commonName) !== '';
}

function hasUsages(given: readonly string[] | undefined, main: string): boolean {
  const set = new Set(given ?? []);
  return usagesFor(main).some((usages) => usages.length === set.size && usages.every((usage) => set.has(usage)));
}
