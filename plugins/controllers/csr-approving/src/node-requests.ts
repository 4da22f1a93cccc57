import { SubjectAccessReview } from '@keelson/api/authorization/v1';
import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { Node } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { newObject } from '@keelson/client';
import { isKeelsonError, Terminal } from '@keelson/sdk';
import type { CertificateRequest, CertificateSigner } from '@keelson/sdk/auth';
import type { Caches, ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { foreignNames, isForItself, isNodeClient, isOwnServing, nodeNameOf } from './node-certificate.ts';

const byUser = 'user';

/** Approves what nodes ask for, after the rules of each signer. */
export function nodeRequests(signer: Pick<CertificateSigner, 'read'>): ControllerDeclaration<CertificateSigningRequest> {
  return {
    name: 'csr-approving',
    for: CertificateSigningRequest,
    // A node asks for its serving certificate while it registers: its addresses may come later.
    watches: [{ kind: Node, enqueue: ({ metadata }: Node, caches: Caches) => caches.byIndex(CertificateSigningRequest, byUser, `system:node:${metadata.name}`).filter(isOpen).map((csr) => csr.metadata) }],
    indexes: [{ kind: CertificateSigningRequest, name: byUser, of: ({ spec }: CertificateSigningRequest) => [spec.username ?? ''] }],
    concurrency: 5,
    reconcile: (csr, context) => reconcile(csr, context, signer),
  };
}

async function reconcile(csr: CertificateSigningRequest, context: ReconcileContext, signer: Pick<CertificateSigner, 'read'>): Promise<void> {
  if (!isOpen(csr) || !csr.spec.signerName.startsWith('kubernetes.io/kube')) return;
  const request = await read(csr, signer);
  if (isNodeClient(csr, request)) return approveClient(csr, request, context);
  if (isOwnServing(csr, request)) return approveServing(csr, request, context);
}

/** As upstream: whoever may create the virtual subresource of the request gets it. */
async function approveClient(csr: CertificateSigningRequest, request: CertificateRequest, context: ReconcileContext): Promise<void> {
  const recognizers = [
    { subresource: 'selfnodeclient', fits: isForItself(csr, request), message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' },
    { subresource: 'nodeclient', fits: true, message: 'Auto approving kubelet client certificate after SubjectAccessReview.' },
  ].filter(({ fits }) => fits);
  for (const { subresource, message } of recognizers) if (await may(csr, subresource, context)) return approve(csr, message, context);
  // A binding may be made later, and there is nothing to be told about it: with back-off.
  throw new Error(`recognized csr "${csr.metadata.name}" as ${recognizers.map(({ subresource }) => subresource).join(' and ')} but subject access review was not approved`);
}

async function approveServing(csr: CertificateSigningRequest, request: CertificateRequest, context: ReconcileContext): Promise<void> {
  const node = context.caches.get(Node, { name: nodeNameOf(request.commonName) });
  if (node === undefined) return; // looked at again when it is there
  const foreign = foreignNames(request, node);
  if (foreign.length === 0) return approve(csr, 'Auto approving kubelet serving certificate: its names are addresses of the node that asks.', context);
  context.log.info('a serving certificate waits for a person: it names what is no address of the node', { request: csr.metadata.name, node: node.metadata.name, names: foreign });
}

async function may({ spec }: CertificateSigningRequest, subresource: string, { api }: ReconcileContext): Promise<boolean> {
  const review = await api.create(newObject(SubjectAccessReview, {
    spec: {
      user: spec.username ?? '', groups: [...(spec.groups ?? [])],
      ...(spec.uid === undefined ? {} : { uid: spec.uid }), ...(spec.extra === undefined ? {} : { extra: spec.extra }),
      resourceAttributes: { group: 'certificates.k8s.io', version: '*', resource: 'certificatesigningrequests', subresource, verb: 'create' },
    },
  }));
  return review.status?.allowed === true;
}

async function approve(csr: CertificateSigningRequest, message: string, { api, clock }: ReconcileContext): Promise<void> {
  const time = formatTime(clock.now());
  const conditions = [...(csr.status?.conditions ?? []), { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: time, lastTransitionTime: time }];
  await api.subresource(CertificateSigningRequest, csr.metadata, 'approval', 'update', { ...csr, status: { ...csr.status, conditions } });
}

async function read(csr: CertificateSigningRequest, signer: Pick<CertificateSigner, 'read'>): Promise<CertificateRequest> {
  try {
    return await signer.read(Buffer.from(csr.spec.request, 'base64').toString('utf8'));
  } catch (error) {
    if (isKeelsonError(error)) throw new Terminal(`unable to parse csr "${csr.metadata.name}": ${error.message}`, { cause: error });
    throw error;
  }
}

/** Neither answered nor issued. */
function isOpen({ status }: CertificateSigningRequest): boolean {
  return (status?.certificate ?? '') === '' && !(status?.conditions ?? []).some(({ type }) => type === 'Approved' || type === 'Denied');
}
