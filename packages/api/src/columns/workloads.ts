import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../apps/v1/index.ts';
import type { CronJob, Job } from '../batch/v1/index.ts';
import type { PodTemplateSpec, ReplicationController } from '../core/v1/index.ts';
import { isConditionTrue } from '../meta/conditions.ts';
import { controllerOf } from '../meta/owners.ts';
import { humanDuration, parseTime } from '../time/index.ts';
import { containerImages, containerNames, flag, labelsText, orNone, selectorText } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, since, wide, type Column, type Printer } from './table.ts';

const containersColumn = wide('Containers', 'names of the containers');
const imagesColumn = wide('Images', 'images of the containers');
const templateColumns: readonly Column[] = [containersColumn, imagesColumn, wide('Selector', 'labels of the pods that belong to it')];

function templateCells(template: PodTemplateSpec | undefined): [string, string] {
  return [containerNames(template?.spec?.containers), containerImages(template?.spec?.containers)];
}

const integer = (name: string, description: string): Column => column(name, description, 'integer');

/** Deployments. */
export const deploymentPrinter: Printer<Deployment> = {
  columns: [
    nameColumn, column('Ready', 'ready pods, of those wanted'), integer('Up-to-date', 'pods of the newest template'),
    integer('Available', 'pods that have been ready long enough'), ageColumn, ...templateColumns,
  ],
  row: (object, now) => {
    const { spec, status = {} } = object;
    return [
      nameOf(object), `${status.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, status.updatedReplicas ?? 0, status.availableReplicas ?? 0, age(object, now),
      ...templateCells(spec?.template), selectorText(spec?.selector),
    ];
  },
};

const replicaColumns: readonly Column[] = [
  nameColumn, integer('Desired', 'pods wanted'), integer('Current', 'pods that exist'), integer('Ready', 'pods that are ready'), ageColumn, ...templateColumns,
];

/** ReplicaSets. */
export const replicaSetPrinter: Printer<ReplicaSet> = {
  columns: replicaColumns,
  row: (object, now) => [
    nameOf(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, object.status?.readyReplicas ?? 0, age(object, now),
    ...templateCells(object.spec?.template), selectorText(object.spec?.selector),
  ],
};

/** ReplicationControllers. */
export const replicationControllerPrinter: Printer<ReplicationController> = {
  columns: replicaColumns,
  row: (object, now) => [
    nameOf(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, object.status?.readyReplicas ?? 0, age(object, now),
    ...templateCells(object.spec?.template), labelsText(object.spec?.selector),
  ],
};

/** StatefulSets. */
export const statefulSetPrinter: Printer<StatefulSet> = {
  columns: [nameColumn, column('Ready', 'ready pods, of those wanted'), ageColumn, containersColumn, imagesColumn],
  row: (object, now) => [
    nameOf(object), `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`, age(object, now), ...templateCells(object.spec?.template),
  ],
};

/** DaemonSets. */
export const daemonSetPrinter: Printer<DaemonSet> = {
  columns: [
    nameColumn, integer('Desired', 'nodes that should run the pod'), integer('Current', 'nodes that run it'), integer('Ready', 'nodes where it is ready'),
    integer('Up-to-date', 'nodes with the newest template'), integer('Available', 'nodes where it has been ready long enough'),
    column('Node Selector', 'labels of the nodes it is meant for'), ageColumn, ...templateColumns,
  ],
  row: (object, now) => {
    const { status } = object;
    return [
      nameOf(object), status?.desiredNumberScheduled ?? 0, status?.currentNumberScheduled ?? 0, status?.numberReady ?? 0, status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0, labelsText(object.spec?.template?.spec?.nodeSelector), age(object, now), ...templateCells(object.spec?.template),
      selectorText(object.spec?.selector),
    ];
  },
};

/** Jobs. */
export const jobPrinter: Printer<Job> = {
  columns: [
    nameColumn, column('Status', 'how far the job is'), column('Completions', 'pods that succeeded, of those wanted'),
    column('Duration', 'time from its start to its end, or until now'), ageColumn, ...templateColumns,
  ],
  row: (object, now) => [
    nameOf(object), jobStatus(object), completions(object), jobDuration(object, now), age(object, now), ...templateCells(object.spec?.template),
    selectorText(object.spec?.selector),
  ],
};

function jobStatus({ metadata, status }: Job): string {
  const is = (type: string): boolean => isConditionTrue(status?.conditions, type);
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running';
}

function completions({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallel = spec?.parallelism ?? 0;
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
}

function jobDuration({ status }: Job, now: number): string {
  const start = status?.startTime === undefined ? undefined : parseTime(status.startTime);
  if (start === undefined) return '';
  const end = status?.completionTime === undefined ? undefined : parseTime(status.completionTime);
  return humanDuration((end ?? now) - start);
}

/** CronJobs. */
export const cronJobPrinter: Printer<CronJob> = {
  columns: [
    nameColumn, column('Schedule', 'when jobs start, in cron form'), column('Timezone', 'time zone of the schedule'),
    column('Suspend', 'whether no further job starts', 'boolean'), integer('Active', 'jobs that run now'), column('Last Schedule', 'time since a job last started'),
    ageColumn, ...templateColumns,
  ],
  row: (object, now) => {
    const { spec, status } = object;
    const last = status?.lastScheduleTime;
    return [
      nameOf(object), spec?.schedule ?? '', orNone(spec?.timeZone), flag(spec?.suspend), (status?.active ?? []).length, last === undefined ? '<none>' : since(last, now),
      age(object, now), ...templateCells(spec?.jobTemplate?.spec?.template), selectorText(spec?.jobTemplate?.spec?.selector),
    ];
  },
};

/** ControllerRevisions. */
export const controllerRevisionPrinter: Printer<ControllerRevision> = {
  columns: [nameColumn, column('Controller', 'object whose history it belongs to'), integer('Revision', 'number of the revision'), ageColumn],
  row: (object, now) => {
    const owner = controllerOf(object);
    const group = owner?.apiVersion.includes('/') === true ? `.${owner.apiVersion.split('/')[0] ?? ''}` : '';
    return [nameOf(object), owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`, object.revision ?? 0, age(object, now)];
  },
};
