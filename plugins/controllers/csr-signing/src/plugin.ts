import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { CertificateSigner } from '@keelson/sdk/auth';
import { controller } from '@keelson/sdk/controller';
import { approvedRequests } from './approved-requests.ts';

/** Certificates for those whose request was approved. */
export default definePlugin({
  name: '@keelson/controller-csr-signing',
  version: '0.1.0',
  kind: 'controller',
  summary: "signs approved certificate requests with the cluster's authority",
  config: z.strictObject({
    /** Life of a certificate that asks for no shorter one. */
    signingDurationSeconds: z.int().min(600).default(31_536_000),
  }),
  requires: { signer: CertificateSigner },
  rbac: [
    { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'watch'] },
    { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/status'], verbs: ['update'] },
    {
      groups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['sign'],
      names: ['kubernetes.io/kube-apiserver-client', 'kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving', 'kubernetes.io/legacy-unknown'],
    },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ signer, config }) => [controller(approvedRequests(signer, config.signingDurationSeconds))],
});
