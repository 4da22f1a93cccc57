import type { Pod, PodSpec, PodTemplateSpec } from '../core/v1/index.ts';
import { defaultContainer, requestWhatIsLimited } from './container.ts';
import { each, setAbsent, setZero } from './set-default.ts';
import { defaultVolume } from './volume.ts';

/** Defaults of a pod spec, in a pod or in a template. */
export function defaultPodSpec(spec: PodSpec): void {
  setZero(spec, 'dnsPolicy', 'ClusterFirst');
  setZero(spec, 'restartPolicy', 'Always');
  setAbsent(spec, 'securityContext', {});
  setAbsent(spec, 'terminationGracePeriodSeconds', 30);
  setZero(spec, 'schedulerName', 'default-scheduler');
  // The old name of the field is written beside the new one, for old readers.
  if (spec.serviceAccountName !== undefined) setZero(spec, 'serviceAccount', spec.serviceAccountName);
  else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount;
  each(spec.volumes, defaultVolume);
  each(spec.initContainers, defaultContainer);
  each(spec.containers, defaultContainer);
  each(spec.ephemeralContainers, defaultContainer);
}

/** Defaults of a template's pod spec. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): void {
  if (template?.spec !== undefined) defaultPodSpec(template.spec);
}

/** Defaults of a pod; templates do not get those that belong to one running pod. */
export function defaultPod(pod: Pod): void {
  const { spec } = pod;
  if (spec === undefined) return;
  each([...(spec.initContainers ?? []), ...(spec.containers ?? [])], (container) => {
    requestWhatIsLimited(container.resources);
    if (spec.hostNetwork === true) each(container.ports, (port) => setZero(port, 'hostPort', port.containerPort));
  });
  requestWhatIsLimited(spec.resources);
  setAbsent(spec, 'enableServiceLinks', true);
  defaultPodSpec(spec);
}
