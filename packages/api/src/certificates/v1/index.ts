import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  CertificateSigningRequest as CertificateSigningRequestObject,
} from '../../../generated/types/certificates-v1.ts';

export type {
  CertificateSigningRequestCondition, CertificateSigningRequestList, CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
} from '../../../generated/types/certificates-v1.ts';

const define = kindsOf({ group: 'certificates.k8s.io', version: 'v1', package: 'io.k8s.api.certificates.v1' });

export type CertificateSigningRequest = CertificateSigningRequestObject;
/** The CertificateSigningRequest kind of certificates.k8s.io/v1. */
export const CertificateSigningRequest: Kind<CertificateSigningRequestObject> = define('CertificateSigningRequest', {
  shortNames: ['csr'],
  namespaced: false,
  subresources: [{ name: 'approval', verbs: ['get', 'patch', 'update'] }, statusSubresource],
  selectableFields: ['spec.signerName'],
});
