import type { ContainerStatus, Pod } from '../core/v1/index.ts';
import { findCondition, isConditionTrue } from '../meta/conditions.ts';
import { parseTime } from '../time/index.ts';

/** What `kubectl get pods` says about a pod. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** End of the container run that was last restarted, in milliseconds. */
  readonly lastRestart: number | undefined;
}

interface Counts {
  ready: number;
  restarts: number;
  lastRestart: number | undefined;
}

/** Sums up a pod as upstream's printer does: the reason of its worst container stands for the phase. */
export function summarizePod(pod: Pod): PodSummary {
  const status = pod.status ?? {};
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const total = (pod.spec?.containers ?? []).length + sidecars.size;
  let reason = status.reason !== undefined && status.reason !== '' ? status.reason : (status.phase ?? '');
  if (findCondition(status.conditions, 'PodScheduled')?.reason === 'SchedulingGated') reason = 'SchedulingGated';

  const init = initSummary(pod, sidecars);
  let counts: Counts = init.all;
  if (init.reason !== undefined) reason = init.reason;
  if (init.reason === undefined || isConditionTrue(status.conditions, 'Initialized')) {
    const main = mainSummary(status.containerStatuses ?? [], init.sidecars);
    counts = main.counts;
    if (main.reason !== undefined) reason = main.reason;
    // One container that is done does not make the pod completed while another still runs.
    if (reason === 'Completed' && main.running) reason = isConditionTrue(status.conditions, 'Ready') ? 'Running' : 'NotReady';
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') reason = 'Terminating';
  }
  return { ...counts, total, status: reason };
}

interface InitSummary {
  /** Counts over all init containers, used while they still run. */
  readonly all: Counts;
  /** Counts over sidecars alone, the base for the main containers' counts. */
  readonly sidecars: Counts;
  /** Set while initialization is under way or has failed. */
  readonly reason: string | undefined;
}

function initSummary({ spec, status }: Pod, sidecars: ReadonlySet<string>): InitSummary {
  const all: Counts = { ready: 0, restarts: 0, lastRestart: undefined };
  const side: Counts = { ready: 0, restarts: 0, lastRestart: undefined };
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(container.name);
    countRestart(all, container);
    if (sidecar) countRestart(side, container);
    if (container.state?.terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) {
        all.ready++;
        side.ready++;
      }
      continue;
    }
    return { all, sidecars: side, reason: initReason(container, index, (spec?.initContainers ?? []).length) };
  }
  return { all, sidecars: side, reason: undefined };
}

function initReason({ state }: ContainerStatus, index: number, total: number): string {
  if (state?.terminated !== undefined) return `Init:${terminationReason(state.terminated)}`;
  const waiting = state?.waiting?.reason ?? '';
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function terminationReason({ reason, signal, exitCode }: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): string {
  if (reason !== undefined && reason !== '') return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function mainSummary(containers: readonly ContainerStatus[], base: Counts): { counts: Counts; reason: string | undefined; running: boolean } {
  const counts = { ...base };
  let reason: string | undefined;
  let running = false;
  for (const container of [...containers].reverse()) {
    countRestart(counts, container);
    const { state, ready } = container;
    if (state?.waiting?.reason !== undefined && state.waiting.reason !== '') reason = state.waiting.reason;
    else if (state?.terminated !== undefined) reason = terminationReason(state.terminated);
    else if (ready && state?.running !== undefined) {
      running = true;
      counts.ready++;
    }
  }
  return { counts, reason, running };
}

function countRestart(counts: Counts, { restartCount, lastState }: ContainerStatus): void {
  counts.restarts += restartCount ?? 0;
  const finished = lastState?.terminated?.finishedAt;
  const at = finished === undefined ? undefined : parseTime(finished);
  if (at !== undefined && (counts.lastRestart === undefined || at > counts.lastRestart)) counts.lastRestart = at;
}
