import { kindsOf, scaleSubresource, statusSubresource, type Kind } from '../../kind.ts';
import type {
  ControllerRevision as ControllerRevisionObject, DaemonSet as DaemonSetObject, Deployment as DeploymentObject,
  ReplicaSet as ReplicaSetObject, StatefulSet as StatefulSetObject,
} from '../../../generated/types/apps-v1.ts';

export type {
  ControllerRevisionList, DaemonSetCondition, DaemonSetList, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy,
  DeploymentCondition, DeploymentList, DeploymentSpec, DeploymentStatus, DeploymentStrategy, ReplicaSetCondition,
  ReplicaSetList, ReplicaSetSpec, ReplicaSetStatus, RollingUpdateDaemonSet, RollingUpdateDeployment,
  RollingUpdateStatefulSetStrategy, StatefulSetCondition, StatefulSetList, StatefulSetOrdinals,
  StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetStatus, StatefulSetUpdateStrategy,
} from '../../../generated/types/apps-v1.ts';

const define = kindsOf({ group: 'apps', version: 'v1', package: 'io.k8s.api.apps.v1' });

export type ControllerRevision = ControllerRevisionObject;
/** The ControllerRevision kind of apps/v1. */
export const ControllerRevision: Kind<ControllerRevisionObject> = define('ControllerRevision');

export type DaemonSet = DaemonSetObject;
/** The DaemonSet kind of apps/v1. */
export const DaemonSet: Kind<DaemonSetObject> = define('DaemonSet', {
  shortNames: ['ds'],
  categories: ['all'],
  subresources: [statusSubresource],
});

export type Deployment = DeploymentObject;
/** The Deployment kind of apps/v1. */
export const Deployment: Kind<DeploymentObject> = define('Deployment', {
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
});

export type ReplicaSet = ReplicaSetObject;
/** The ReplicaSet kind of apps/v1. */
export const ReplicaSet: Kind<ReplicaSetObject> = define('ReplicaSet', {
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
  selectableFields: ['status.replicas'],
});

export type StatefulSet = StatefulSetObject;
/** The StatefulSet kind of apps/v1. */
export const StatefulSet: Kind<StatefulSetObject> = define('StatefulSet', {
  shortNames: ['sts'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
});
