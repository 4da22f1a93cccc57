import { admissionOverlay } from './admission.ts';
import { coreOverlay } from './core.ts';
import { apiextensionsOverlay, apiregistrationOverlay } from './extension.ts';
import {
  certificatesOverlay, discoveryOverlay, flowcontrolOverlay, networkingOverlay, nodeOverlay, rbacOverlay, resourceOverlay, storageOverlay,
} from './infrastructure.ts';
import type { PackageOverlay, TypeOverlay } from './marks.ts';
import { metaOverlay } from './meta.ts';
import { appsOverlay, autoscalingV1Overlay, autoscalingV2Overlay, batchOverlay, policyOverlay } from './workloads.ts';

export type { TypeOverlay } from './marks.ts';

const packages: Readonly<Record<string, PackageOverlay>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1': metaOverlay,
  'io.k8s.api.admissionregistration.v1': admissionOverlay,
  'io.k8s.api.apps.v1': appsOverlay,
  'io.k8s.api.autoscaling.v1': autoscalingV1Overlay,
  'io.k8s.api.autoscaling.v2': autoscalingV2Overlay,
  'io.k8s.api.batch.v1': batchOverlay,
  'io.k8s.api.certificates.v1': certificatesOverlay,
  'io.k8s.api.core.v1': coreOverlay,
  'io.k8s.api.discovery.v1': discoveryOverlay,
  'io.k8s.api.flowcontrol.v1': flowcontrolOverlay,
  'io.k8s.api.networking.v1': networkingOverlay,
  'io.k8s.api.node.v1': nodeOverlay,
  'io.k8s.api.policy.v1': policyOverlay,
  'io.k8s.api.rbac.v1': rbacOverlay,
  'io.k8s.api.resource.v1': resourceOverlay,
  'io.k8s.api.storage.v1': storageOverlay,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1': apiextensionsOverlay,
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1': apiregistrationOverlay,
};

/** The hand-written marks of a built-in definition, or undefined when it has none. */
export function overlayOf(definition: string): TypeOverlay | undefined {
  const dot = definition.lastIndexOf('.');
  return packages[definition.slice(0, dot)]?.[definition.slice(dot + 1)];
}
