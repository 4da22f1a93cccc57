import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../apps/v1/index.ts';
import type { PodTemplateSpec, ReplicationController } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import type { LabelSelector } from '../meta/index.ts';
import { compileLabelSelector } from '../selectors/index.ts';
import type { Causes } from './causes.ts';
import { checkPodTemplate } from './pod.ts';
import { checkCountOrPercent, checkEnum, checkImmutable, checkNonNegative, checkSelector, isEmptySelector } from './rules.ts';

/** Selector given, well-formed and matching the template's labels. */
export function checkWorkloadSelector(selector: LabelSelector | undefined, template: PodTemplateSpec | undefined, kind: string, causes: Causes): void {
  if (selector === undefined) {
    causes.required('spec.selector');
    return;
  }
  checkSelector(selector, 'spec.selector', causes);
  if (isEmptySelector(selector)) causes.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`);
  const compiled = compileLabelSelector(selector);
  if (!compiled.ok) {
    causes.invalid('spec.selector', selector, 'invalid label selector');
    return;
  }
  const labels = template?.metadata?.labels ?? {};
  if (!compiled.value.matches(labels)) causes.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
}

/** A template whose pods are always restarted and have no deadline. */
function checkLongRunning(template: PodTemplateSpec | undefined, causes: Causes): void {
  checkPodTemplate(template, 'spec.template', causes);
  const policy = template?.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always') causes.notSupported('spec.template.spec.restartPolicy', policy, ['Always']);
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    causes.forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported');
  }
}

/** A Deployment. */
export function checkDeployment({ spec = {} as Deployment['spec'] }: Deployment, causes: Causes): void {
  checkNonNegative(spec.replicas, 'spec.replicas', causes);
  checkWorkloadSelector(spec.selector, spec.template, 'deployment', causes);
  checkLongRunning(spec.template, causes);
  checkDeploymentStrategy(spec, causes);
  checkNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', causes);
  checkNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', causes);
  checkNonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds', causes);
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    causes.invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds');
  }
}

function checkDeploymentStrategy({ strategy }: Deployment['spec'], causes: Causes): void {
  checkEnum(strategy?.type, 'spec.strategy.type', ['Recreate', 'RollingUpdate'], causes);
  const rolling = strategy?.rollingUpdate;
  if (rolling === undefined) return;
  if (strategy?.type === 'Recreate') {
    causes.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  checkCountOrPercent(rolling.maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable', causes, true);
  checkCountOrPercent(rolling.maxSurge, 'spec.strategy.rollingUpdate.maxSurge', causes);
  if (isNone(rolling.maxUnavailable) && isNone(rolling.maxSurge)) {
    causes.invalid('spec.strategy.rollingUpdate.maxUnavailable', rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
}

function isNone(value: number | string | undefined): boolean {
  return value === 0 || value === '0%';
}

/** A change to a Deployment, ReplicaSet or DaemonSet. */
export function checkSelectorChange(next: { spec: { selector: LabelSelector } }, old: { spec: { selector: LabelSelector } }, causes: Causes): void {
  checkImmutable(next.spec.selector, old.spec.selector, 'spec.selector', causes);
}

/** A ReplicaSet. */
export function checkReplicaSet({ spec = {} as ReplicaSet['spec'] }: ReplicaSet, causes: Causes): void {
  checkNonNegative(spec.replicas, 'spec.replicas', causes);
  checkNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', causes);
  checkWorkloadSelector(spec.selector, spec.template, 'replicaset', causes);
  checkLongRunning(spec.template, causes);
}

/** A ReplicationController, whose selector is a plain map. */
export function checkReplicationController({ spec = {} }: ReplicationController, causes: Causes): void {
  checkNonNegative(spec.replicas, 'spec.replicas', causes);
  checkNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', causes);
  if (spec.selector === undefined || Object.keys(spec.selector).length === 0) causes.required('spec.selector');
  if (spec.template === undefined) {
    causes.required('spec.template');
    return;
  }
  checkLongRunning(spec.template, causes);
  const labels = spec.template.metadata?.labels ?? {};
  if (Object.entries(spec.selector ?? {}).some(([key, value]) => labels[key] !== value)) {
    causes.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
}

/** A DaemonSet. */
export function checkDaemonSet({ spec = {} as DaemonSet['spec'] }: DaemonSet, causes: Causes): void {
  checkWorkloadSelector(spec.selector, spec.template, 'daemonset', causes);
  checkLongRunning(spec.template, causes);
  checkNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', causes);
  checkNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', causes);
  checkEnum(spec.updateStrategy?.type, 'spec.updateStrategy.type', ['OnDelete', 'RollingUpdate'], causes);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling === undefined) return;
  checkCountOrPercent(rolling.maxUnavailable, 'spec.updateStrategy.rollingUpdate.maxUnavailable', causes, true);
  checkCountOrPercent(rolling.maxSurge, 'spec.updateStrategy.rollingUpdate.maxSurge', causes, true);
  if (isNone(rolling.maxUnavailable) && isNone(rolling.maxSurge)) {
    causes.required('spec.updateStrategy.rollingUpdate.maxUnavailable', 'cannot be 0 when maxSurge is 0');
  }
}

/** A StatefulSet. */
export function checkStatefulSet({ spec = {} as StatefulSet['spec'] }: StatefulSet, causes: Causes): void {
  checkEnum(spec.podManagementPolicy, 'spec.podManagementPolicy', ['OrderedReady', 'Parallel'], causes, true);
  checkEnum(spec.updateStrategy?.type, 'spec.updateStrategy.type', ['OnDelete', 'RollingUpdate'], causes, true);
  const rolling = spec.updateStrategy?.rollingUpdate;
  checkNonNegative(rolling?.partition, 'spec.updateStrategy.rollingUpdate.partition', causes);
  checkCountOrPercent(rolling?.maxUnavailable, 'spec.updateStrategy.rollingUpdate.maxUnavailable', causes, true);
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  checkEnum(retention?.whenDeleted, 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted', ['Delete', 'Retain'], causes);
  checkEnum(retention?.whenScaled, 'spec.persistentVolumeClaimRetentionPolicy.whenScaled', ['Delete', 'Retain'], causes);
  checkNonNegative(spec.replicas, 'spec.replicas', causes);
  checkNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', causes);
  checkNonNegative(spec.ordinals?.start, 'spec.ordinals.start', causes);
  checkWorkloadSelector(spec.selector, spec.template, 'statefulset', causes);
  checkLongRunning(withClaims(spec), causes);
}

/** Claim templates are volumes of every pod, so containers may mount them. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSet['spec']): PodTemplateSpec | undefined {
  if (template?.spec === undefined || volumeClaimTemplates.length === 0) return template;
  const names = volumeClaimTemplates.map((claim) => claim.metadata?.name ?? '');
  const own = (template.spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...own, ...claims] } };
}

const mutableStatefulSet = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

/** A change to a StatefulSet. */
export function checkStatefulSetChange(next: StatefulSet, old: StatefulSet, causes: Causes): void {
  const frozen = (spec: StatefulSet['spec']) => Object.fromEntries(Object.entries(spec).filter(([field]) => !mutableStatefulSet.includes(field)));
  if (!isEqual(frozen(next.spec), frozen(old.spec))) {
    causes.forbidden('spec', "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
  }
}
