import type { CertificateSigningRequest } from '../certificates/v1/index.ts';
import { checkDns1123Subdomain } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkImmutable } from './rules.ts';

const shortestSeconds = 600;

/** A CertificateSigningRequest; whether the request is signed by its key needs cryptography, which the signers do. */
export function checkCertificateSigningRequest({ spec }: CertificateSigningRequest, causes: Causes): void {
  if (!spec?.request) causes.required('spec.request');
  else if (!/-----BEGIN CERTIFICATE REQUEST-----[\s\S]+-----END CERTIFICATE REQUEST-----/.test(atob(spec.request))) {
    causes.invalid('spec.request', spec.request, 'PEM block type must be CERTIFICATE REQUEST');
  }
  if ((spec?.usages ?? []).length === 0) causes.required('spec.usages');
  const seen = new Set<string>();
  for (const [index, usage] of (spec?.usages ?? []).entries()) {
    if (seen.has(usage)) causes.duplicate(`spec.usages[${index}]`, usage);
    seen.add(usage);
  }
  checkSigner(spec?.signerName ?? '', causes);
  if (spec?.expirationSeconds !== undefined && spec.expirationSeconds < shortestSeconds) {
    causes.invalid('spec.expirationSeconds', spec.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)');
  }
}

function checkSigner(signer: string, causes: Causes): void {
  if (signer === '') {
    causes.required('spec.signerName');
    return;
  }
  if (signer === 'kubernetes.io/legacy-unknown') causes.invalid('spec.signerName', signer, 'the legacy signerName is not allowed via this API version');
  const [domain = '', ...path] = signer.split('/');
  if (path.length !== 1) causes.invalid('spec.signerName', signer, 'must be a fully qualified domain and path of the form "example.com/signer-name"');
  checkForm(domain, 'spec.signerName', checkDns1123Subdomain, causes);
}

/** A change to a CertificateSigningRequest. */
export function checkCertificateSigningRequestChange(next: CertificateSigningRequest, old: CertificateSigningRequest, causes: Causes): void {
  checkImmutable(next.spec, old.spec, 'spec', causes);
}
