/**
 * Order of the admission chain, as upstream orders its own: namespaces first, defaults before what judges them, webhooks
 * after all built-in changes, quota last so that nothing rejected is ever charged. Presets take part in it; names of
 * handlers that a distribution does not have are passed over.
 */
export const admissionOrder: readonly string[] = [
  'namespace-auto-provision', 'namespace-exists', 'namespace-lifecycle', 'security-context-deny', 'node-restriction', 'limit-ranger',
  'service-account', 'taint-nodes-by-condition', 'pod-security', 'pod-node-selector', 'pod-topology-labels', 'priority', 'default-tolerations',
  'extended-resource-toleration', 'storage-object-in-use-protection', 'runtime-class', 'certificate-approval', 'certificate-signing',
  'certificate-subject-restriction', 'default-ingress-class', 'default-storage-class', 'persistent-volume-claim-resize',
  'owner-references-permission-enforcement', 'mutating-admission-policy', 'mutating-admission-webhook', 'validating-admission-policy',
  'validating-admission-webhook', 'resource-quota', 'deny-service-external-ips',
];
