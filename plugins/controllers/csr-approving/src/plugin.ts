import { definePlugin } from '@keelson/sdk';
import { CertificateSigner } from '@keelson/sdk/auth';
import { controller } from '@keelson/sdk/controller';
import { nodeRequests } from './node-requests.ts';

/** Certificates of nodes, without a person. */
export default definePlugin({
  name: '@keelson/controller-csr-approving',
  version: '0.1.0',
  kind: 'controller',
  summary: 'approves the certificate requests of nodes that may have what they ask for',
  requires: { signer: CertificateSigner },
  rbac: [
    { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'watch'] },
    { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
    { groups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['approve'], names: ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving'] },
    { groups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    { groups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ signer }) => [controller(nodeRequests(signer))],
});
