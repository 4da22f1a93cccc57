import type { Endpoints, LimitRange, Namespace, Node, PersistentVolume, PersistentVolumeClaim, PodTemplate, ReplicationController, Secret } from '../core/v1/index.ts';
import { encodeBase64 } from './base64.ts';
import { defaultPodTemplate } from './pod.ts';
import { each, setAbsent, setZero } from './set-default.ts';
import { defaultClaimSpec } from './volume.ts';

/** Gives a Namespace the label that selectors find it by; a generated name comes only after defaulting. */
export function labelNamespace({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

/** Defaults of a Namespace. */
export function defaultNamespace(namespace: Namespace): void {
  labelNamespace(namespace);
  setAbsent(namespace, 'spec', {});
  setZero((namespace.status ??= {}), 'phase', 'Active');
}

/** Defaults of a Node: what it has, it offers. */
export function defaultNode({ status }: Node): void {
  if (status?.capacity !== undefined) setAbsent(status, 'allocatable', { ...status.capacity });
}

/** Defaults of a Secret; `stringData` is written into `data`. */
export function defaultSecret(secret: Secret): void {
  setZero(secret, 'type', 'Opaque');
  if (secret.stringData === undefined) return;
  secret.data = { ...secret.data };
  for (const [key, text] of Object.entries(secret.stringData)) secret.data[key] = encodeBase64(text);
  delete secret.stringData;
}

/** Defaults of Endpoints. */
export function defaultEndpoints({ subsets }: Endpoints): void {
  each(subsets, (subset) => each(subset.ports, (port) => setZero(port, 'protocol', 'TCP')));
}

/** Defaults of a LimitRange: maximum limits are default limits, which are default requests. */
export function defaultLimitRange({ spec }: LimitRange): void {
  each(spec?.limits, (item) => {
    if (item.type !== 'Container') return;
    item.default = { ...item.max, ...item.default };
    item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
    if (Object.keys(item.default).length === 0) delete item.default;
    if (Object.keys(item.defaultRequest).length === 0) delete item.defaultRequest;
  });
}

/** Defaults of a PersistentVolume. */
export function defaultPersistentVolume(volume: PersistentVolume): void {
  setZero((volume.status ??= {}), 'phase', 'Pending');
  if (volume.spec === undefined) return;
  setZero(volume.spec, 'persistentVolumeReclaimPolicy', 'Retain');
  setAbsent(volume.spec, 'volumeMode', 'Filesystem');
  if (volume.spec.hostPath !== undefined) setAbsent(volume.spec.hostPath, 'type', '');
}

/** Defaults of a PersistentVolumeClaim. */
export function defaultPersistentVolumeClaim(claim: PersistentVolumeClaim): void {
  setZero((claim.status ??= {}), 'phase', 'Pending');
  if (claim.spec !== undefined) defaultClaimSpec(claim.spec);
}

/** Defaults of a ReplicationController: selector and labels come from the template. */
export function defaultReplicationController(controller: ReplicationController): void {
  const { spec, metadata } = controller;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  setAbsent(spec, 'replicas', 1);
  defaultPodTemplate(spec.template);
}

/** Defaults of a PodTemplate. */
export function defaultPodTemplateObject({ template }: PodTemplate): void {
  defaultPodTemplate(template);
}
