import { CertificateSigningRequest, type CertificateSigningRequestCondition } from '@keelson/api/certificates/v1';
import { formatTime } from '@keelson/api/time';
import { isKeelsonError } from '@keelson/sdk';
import type { CertificateSigner } from '@keelson/sdk/auth';
import type { ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { signerRules } from './signer-rules.ts';

/** Clocks of those who check the certificate may run behind ours, milliseconds. */
const backdate = 300_000;

/** Signs approved requests of the signers kubernetes.io/…; what breaks its signer's rules fails for good. */
export function approvedRequests(signer: CertificateSigner, longestSeconds: number): ControllerDeclaration<CertificateSigningRequest> {
  return {
    name: 'csr-signing',
    for: CertificateSigningRequest,
    concurrency: 5,
    reconcile: (csr, context) => reconcile(csr, context, { signer, longestSeconds }),
  };
}

async function reconcile(csr: CertificateSigningRequest, { api, clock, events }: ReconcileContext, parts: { readonly signer: CertificateSigner; readonly longestSeconds: number }): Promise<void> {
  const { spec } = csr;
  const rule = signerRules[spec.signerName];
  if (rule === undefined || !isDue(csr)) return;
  const text = Buffer.from(spec.request, 'base64').toString('utf8');
  const now = clock.now();
  const seconds = Math.min(Math.max(spec.expirationSeconds ?? parts.longestSeconds, 600), parts.longestSeconds);
  try {
    const usages = spec.usages ?? [];
    const against = rule(await parts.signer.read(text), usages);
    if (against !== undefined) return await fail(against);
    const certificate = await parts.signer.sign(text, { usages, notBefore: now - backdate, notAfter: now - backdate + seconds * 1000 });
    if (certificate === undefined) return; // a cluster without an authority
    await api.updateStatus({ ...csr, status: { ...csr.status, certificate: Buffer.from(certificate).toString('base64') } });
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    await fail(error.message);
  }

  async function fail(message: string): Promise<void> {
    const time = formatTime(now);
    const condition: CertificateSigningRequestCondition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime: time, lastTransitionTime: time };
    await api.updateStatus({ ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] } });
    events.record(csr, 'Warning', 'SignerValidationFailure', message);
  }
}

function isDue({ status }: CertificateSigningRequest): boolean {
  const has = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type);
  return (status?.certificate ?? '') === '' && has('Approved') && !has('Denied') && !has('Failed');
}
