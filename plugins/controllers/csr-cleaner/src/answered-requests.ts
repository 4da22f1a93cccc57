import { X509Certificate } from 'node:crypto';
import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import type { ControllerDeclaration } from '@keelson/sdk/controller';

const hour = 3_600_000;
/** How long a request stays after its answer, and how long one without an answer, milliseconds. */
const answered = hour;
const pending = 24 * hour;

/** Deletes each request when its time has come. */
export function answeredRequests(): ControllerDeclaration<CertificateSigningRequest> {
  return {
    name: 'csr-cleaner',
    for: CertificateSigningRequest,
    concurrency: 5,
    async reconcile(csr, { api, clock }) {
      const left = endOf(csr) - clock.now();
      if (left > 0) return { requeueAfter: left };
      await api.delete(csr, { preconditions: { uid: csr.metadata.uid } });
      return undefined;
    },
  };
}

/** When a request may go, wall time in milliseconds. */
export function endOf({ metadata, status }: CertificateSigningRequest): number {
  const made = Date.parse(metadata.creationTimestamp);
  const times = (status?.conditions ?? []).filter(({ type }) => type === 'Approved' || type === 'Denied' || type === 'Failed').map(({ lastUpdateTime }) => (lastUpdateTime === undefined ? made : Date.parse(lastUpdateTime)));
  const end = times.length === 0 ? made + pending : Math.min(...times) + answered;
  return Math.min(end, expiryOf(status?.certificate));
}

function expiryOf(certificate: string | undefined): number {
  if (certificate === undefined || certificate === '') return Infinity;
  try {
    return Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);
  } catch {
    return Infinity; // not ours to judge: it goes when its time after the answer is over
  }
}
