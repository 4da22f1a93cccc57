import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { newObject } from '@keelson/client';
import { KeelsonError, type ApiClient } from '@keelson/sdk';
import { createCertificateRequest, type KeyedCertificate } from '@keelson/kernel/apiserver/pki';

/** A certificate that a node needs. */
export interface CertificateOrder {
  readonly nodeName: string;
  readonly use: 'client' | 'serving';
  /** Addresses and names of a serving certificate. */
  readonly hosts: readonly string[];
  readonly expirationSeconds?: number | undefined;
}

const signers = { client: 'kubernetes.io/kube-apiserver-client-kubelet', serving: 'kubernetes.io/kubelet-serving' } as const;

/**
 * Makes a key, asks the cluster for a certificate and waits until it is there. Rejects with KEEL_NODE_CERTIFICATE when it
 * was denied or cannot be signed, with the signal's reason when that aborts.
 */
export async function orderCertificate(api: ApiClient, order: CertificateOrder, signal: AbortSignal): Promise<KeyedCertificate> {
  const { nodeName, use, hosts, expirationSeconds } = order;
  const { request, privateKey } = await createCertificateRequest({ commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], hosts: use === 'serving' ? hosts : [] });
  const created = await api.create(newObject(CertificateSigningRequest, {
    metadata: { generateName: use === 'client' ? `node-csr-${nodeName}-` : `csr-${nodeName}-` } as CertificateSigningRequest['metadata'],
    spec: {
      request: Buffer.from(request).toString('base64'), signerName: signers[use],
      usages: ['digital signature', use === 'client' ? 'client auth' : 'server auth'],
      ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
    },
  }), { signal });
  return { certificate: await answerTo(api, created.metadata.name, signal), privateKey };
}

/** The certificate, as soon as the request has one. */
function answerTo(api: ApiClient, name: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let watch: { stop(): void } | undefined;
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', aborted);
      watch?.stop();
      act();
    };
    const aborted = (): void => settle(() => reject(signal.reason as Error));
    signal.addEventListener('abort', aborted, { once: true });
    const open = (): void => {
      watch = api.watch(CertificateSigningRequest, { fieldSelector: `metadata.name=${name}` }, {
        event: ({ type, object }) => {
          if (type === 'BOOKMARK') return;
          if (type === 'DELETED') return settle(() => reject(new KeelsonError('KEEL_NODE_CERTIFICATE', `certificate request ${name} was deleted before it was answered`)));
          const { certificate = '', conditions = [] } = object.status ?? {};
          const against = conditions.find((condition) => condition.type === 'Denied' || condition.type === 'Failed');
          if (certificate !== '') settle(() => resolve(Buffer.from(certificate, 'base64').toString('utf8')));
          else if (against !== undefined) settle(() => reject(new KeelsonError('KEEL_NODE_CERTIFICATE', `certificate request ${name}: ${against.type.toLowerCase()}: ${against.message ?? against.reason ?? 'no reason given'}`)));
        },
        end: (error) => {
          if (error === undefined) open();
          else settle(() => reject(error));
        },
      });
    };
    open();
  });
}
