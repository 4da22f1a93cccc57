import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../apps/v1/index.ts';
import { defaultPodTemplate } from './pod.ts';
import { each, setAbsent, setZero } from './set-default.ts';
import { defaultClaimSpec } from './volume.ts';

/** Defaults of a Deployment. */
export function defaultDeployment({ spec }: Deployment): void {
  if (spec === undefined) return;
  setAbsent(spec, 'replicas', 1);
  setAbsent(spec, 'strategy', {});
  const strategy = spec.strategy ?? {};
  setZero(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    setAbsent(rolling, 'maxUnavailable', '25%');
    setAbsent(rolling, 'maxSurge', '25%');
  }
  setAbsent(spec, 'revisionHistoryLimit', 10);
  setAbsent(spec, 'progressDeadlineSeconds', 600);
  defaultPodTemplate(spec.template);
}

/** Defaults of a ReplicaSet. */
export function defaultReplicaSet({ spec }: ReplicaSet): void {
  if (spec === undefined) return;
  setAbsent(spec, 'replicas', 1);
  defaultPodTemplate(spec.template);
}

/** Defaults of a DaemonSet. */
export function defaultDaemonSet({ spec }: DaemonSet): void {
  if (spec === undefined) return;
  const strategy = (spec.updateStrategy ??= {});
  setZero(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    setAbsent(rolling, 'maxUnavailable', 1);
    setAbsent(rolling, 'maxSurge', 0);
  }
  setAbsent(spec, 'revisionHistoryLimit', 10);
  defaultPodTemplate(spec.template);
}

/** Defaults of a StatefulSet. */
export function defaultStatefulSet({ spec }: StatefulSet): void {
  if (spec === undefined) return;
  setZero(spec, 'podManagementPolicy', 'OrderedReady');
  const strategy = (spec.updateStrategy ??= {});
  setZero(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate') setAbsent((strategy.rollingUpdate ??= {}), 'partition', 0);
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  setZero(retention, 'whenDeleted', 'Retain');
  setZero(retention, 'whenScaled', 'Retain');
  setAbsent(spec, 'replicas', 1);
  setAbsent(spec, 'revisionHistoryLimit', 10);
  each(spec.volumeClaimTemplates, (claim) => {
    setZero(claim, 'apiVersion', 'v1');
    setZero(claim, 'kind', 'PersistentVolumeClaim');
    if (claim.spec !== undefined) defaultClaimSpec(claim.spec);
    setZero((claim.status ??= {}), 'phase', 'Pending');
  });
  defaultPodTemplate(spec.template);
}
