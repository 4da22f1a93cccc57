import type { Container, Pod, PodSpec, PodTemplateSpec, Toleration } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkDns1123Label, checkDns1123Subdomain } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkContainers } from './container.ts';
import { checkPlacement } from './placement.ts';
import { checkEnum, checkForm, checkLabels, checkNonNegative, checkRange, isAddress, notAnAddress } from './rules.ts';
import { checkPodSecurityContext } from './security.ts';
import { checkVolumes } from './volume.ts';

const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];

/** A pod spec, in a pod or in a template. */
export function checkPodSpec(spec: PodSpec | undefined, field: string, causes: Causes): void {
  if (spec === undefined) {
    causes.required(`${field}.containers`);
    return;
  }
  checkVolumes(spec, `${field}.volumes`, causes);
  checkContainers(spec, field, causes);
  checkEnum(spec.restartPolicy, `${field}.restartPolicy`, ['Always', 'OnFailure', 'Never'], causes, true);
  checkEnum(spec.dnsPolicy, `${field}.dnsPolicy`, dnsPolicies, causes, true);
  checkPlacement(spec, field, causes);
  checkPodSecurityContext(spec.securityContext, `${field}.securityContext`, causes);
  checkIdentity(spec, field, causes);
  checkDns(spec, field, causes);
  checkNonNegative(spec.terminationGracePeriodSeconds, `${field}.terminationGracePeriodSeconds`, causes);
  checkRange(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`, [1, 2_147_483_647], causes);
  checkEnum(spec.preemptionPolicy, `${field}.preemptionPolicy`, ['Never', 'PreemptLowerPriority'], causes);
  if (spec.os !== undefined) checkEnum(spec.os.name, `${field}.os.name`, ['linux', 'windows'], causes, true);
  const gates = new Set<string>();
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (gates.has(name)) causes.duplicate(`${field}.schedulingGates[${index}]`, name);
    gates.add(name);
  }
}

function checkIdentity(spec: PodSpec, field: string, causes: Causes): void {
  const names = { serviceAccountName: checkDns1123Subdomain, nodeName: checkDns1123Subdomain, hostname: checkDns1123Label, subdomain: checkDns1123Label };
  for (const [part, check] of Object.entries(names)) {
    const value = spec[part as keyof typeof names];
    if (value !== undefined && value !== '') checkForm(value, `${field}.${part}`, check, causes);
  }
  for (const [part, value] of [['priorityClassName', spec.priorityClassName], ['runtimeClassName', spec.runtimeClassName]] as const) {
    if (value !== undefined && value !== '') checkForm(value, `${field}.${part}`, checkDns1123Subdomain, causes);
  }
  for (const [index, { ip, hostnames }] of (spec.hostAliases ?? []).entries()) {
    if (!isAddress(ip ?? '')) causes.invalid(`${field}.hostAliases[${index}].ip`, ip, notAnAddress);
    for (const [position, name] of (hostnames ?? []).entries()) checkForm(name, `${field}.hostAliases[${index}].hostnames[${position}]`, checkDns1123Subdomain, causes);
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    causes.invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  }
}

function checkDns(spec: PodSpec, field: string, causes: Causes): void {
  const at = `${field}.dnsConfig`;
  const servers = spec.dnsConfig?.nameservers ?? [];
  if (spec.dnsPolicy === 'None') {
    if (spec.dnsConfig === undefined) causes.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None');
    else if (servers.length === 0) causes.required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
  }
  if (servers.length > 3) causes.invalid(`${at}.nameservers`, servers, 'must not have more than 3 nameservers');
  for (const [index, server] of servers.entries()) if (!isAddress(server)) causes.invalid(`${at}.nameservers[${index}]`, server, notAnAddress);
  const searches = spec.dnsConfig?.searches ?? [];
  if (searches.length > 32) causes.invalid(`${at}.searches`, searches, 'must not have more than 32 search paths');
  if (searches.join(' ').length > 2048) causes.invalid(`${at}.searches`, searches, 'must not have more than 2048 characters (including spaces) in the search list');
}

/** Metadata and spec of a template. */
export function checkPodTemplate(template: PodTemplateSpec | undefined, field: string, causes: Causes): void {
  checkLabels(template?.metadata?.labels, `${field}.labels`, causes);
  checkPodSpec(template?.spec, `${field}.spec`, causes);
  if ((template?.spec?.ephemeralContainers ?? []).length > 0) causes.forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
}

/** A pod on create. */
export function checkPod(pod: Pod, causes: Causes): void {
  checkPodSpec(pod.spec, 'spec', causes);
}

const frozenSpec =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A change to a pod through its main resource. */
export function checkPodChange(next: Pod, old: Pod, causes: Causes): void {
  if (next.spec.containers.length !== old.spec.containers.length) {
    causes.forbidden('spec.containers', 'pod updates may not add or remove containers');
    return;
  }
  if ((next.spec.initContainers ?? []).length !== (old.spec.initContainers ?? []).length) {
    causes.forbidden('spec.initContainers', 'pod updates may not add or remove containers');
    return;
  }
  checkDeadline(next.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, causes);
  checkAddedTolerations(next.spec.tolerations, old.spec.tolerations, causes);
  const added = (next.spec.schedulingGates ?? []).filter(({ name }) => !(old.spec.schedulingGates ?? []).some((gate) => gate.name === name));
  for (const { name } of added) causes.forbidden('spec.schedulingGates', `only deletion is allowed, but found new scheduling gate '${name}'`);
  const gated = (old.spec.schedulingGates ?? []).length > 0;
  if (!isEqual(withoutMutable(next.spec, gated), withoutMutable(old.spec, gated))) causes.forbidden('spec', frozenSpec);
}

/** The spec without what an update may change; a gated pod may still narrow its node selection. */
function withoutMutable(spec: PodSpec, gated: boolean): object {
  const image = (container: Container) => ({ ...container, image: undefined });
  const rest: Partial<PodSpec> = {
    ...spec,
    containers: spec.containers.map(image),
    initContainers: (spec.initContainers ?? []).map(image),
    tolerations: undefined,
    schedulingGates: undefined,
    activeDeadlineSeconds: undefined,
  };
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0 || spec.terminationGracePeriodSeconds === 1) rest.terminationGracePeriodSeconds = undefined;
  if (gated) {
    rest.nodeSelector = undefined;
    rest.affinity = undefined;
  }
  return rest;
}

function checkDeadline(next: number | undefined, old: number | undefined, causes: Causes): void {
  if (old === undefined) return;
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) causes.invalid(field, next, 'must not update from a positive integer to nil value');
  else if (next > old) causes.invalid(field, next, `must be less than or equal to previous value`);
}

function checkAddedTolerations(next: readonly Toleration[] = [], old: readonly Toleration[] = [], causes: Causes): void {
  for (const toleration of old) {
    const kept = next.some((candidate) => isEqual({ ...candidate, tolerationSeconds: undefined }, { ...toleration, tolerationSeconds: undefined }));
    if (!kept) {
      causes.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
      return;
    }
  }
}

/** A change through `pods/ephemeralcontainers`: containers may be added, never changed. */
export function checkEphemeralChange(next: Pod, old: Pod, causes: Causes): void {
  for (const existing of old.spec.ephemeralContainers ?? []) {
    const kept = (next.spec.ephemeralContainers ?? []).find(({ name }) => name === existing.name);
    if (kept === undefined) causes.forbidden('spec.ephemeralContainers', `existing ephemeral containers "${existing.name}" may not be removed`);
    else if (!isEqual(kept, existing)) causes.forbidden('spec.ephemeralContainers', `existing ephemeral containers "${existing.name}" may not be changed`);
  }
}

/** A change through `pods/resize`: only the amounts of containers. */
export function checkResize(next: Pod, old: Pod, causes: Causes): void {
  const bare = (spec: PodSpec) => ({
    ...spec,
    containers: spec.containers.map((container) => ({ ...container, resources: undefined, resizePolicy: undefined })),
  });
  if (!isEqual(bare(next.spec), bare(old.spec))) causes.forbidden('spec', 'only cpu and memory resources are mutable');
}

