import { parseDuration } from '@keelson/api/time';
import type { ContainerConfig, SandboxConfig } from '@keelson/sdk/runtime';

/** How a simulated container behaves; times in milliseconds. */
export interface Behaviour {
  readonly startMs: number;
  /** Undefined: runs until it is stopped. */
  readonly exitAfterMs: number | undefined;
  readonly exitCode: number;
  /** How long it takes to end after SIGTERM. */
  readonly stopMs: number;
  readonly readyAfterMs: number;
  /** The readiness probe never succeeds. */
  readonly unready: boolean;
  /** The liveness probe fails from then on. */
  readonly liveForMs: number | undefined;
  /** The startup probe fails until then. */
  readonly startupAfterMs: number;
}

/** What the plugin's configuration says for containers that say nothing. */
export interface BehaviourDefaults {
  readonly startMs: number;
  readonly stopMs: number;
  readonly initMs: number;
  readonly jobMs: number;
}

const prefix = 'sim.keelson.io/';

/** Reads `sim.keelson.io/…` of the pod; `CONTAINER.sim.keelson.io/…` goes first and is for that container only. */
export function behaviourOf(container: Pick<ContainerConfig, 'name' | 'role'>, sandbox: Pick<SandboxConfig, 'annotations' | 'labels'>, defaults: BehaviourDefaults): Behaviour {
  const read = (key: string): string | undefined => sandbox.annotations[`${container.name}.${prefix}${key}`] ?? sandbox.annotations[prefix + key];
  const duration = (key: string): number | undefined => durationOf(read(key));
  return {
    startMs: duration('start-delay') ?? defaults.startMs,
    // An annotation for the whole pod is about its workload: init containers end on their own terms.
    exitAfterMs: container.role === 'init' ? (durationOf(sandbox.annotations[`${container.name}.${prefix}exit-after`]) ?? defaults.initMs) : (duration('exit-after') ?? endOfJob(sandbox, defaults)),
    exitCode: exitCodeOf(container.role === 'init' ? sandbox.annotations[`${container.name}.${prefix}exit-code`] : read('exit-code')),
    stopMs: duration('stop-delay') ?? defaults.stopMs,
    readyAfterMs: duration('ready-after') ?? 0,
    unready: read('unready') === 'true',
    liveForMs: duration('live-for'),
    startupAfterMs: duration('startup-after') ?? 0,
  };
}

/** The error text of a simulated pull failure for this image, if the pod asks for one. */
export function pullFailureOf(image: string, sandbox: Pick<SandboxConfig, 'annotations'>): string | undefined {
  const wanted = sandbox.annotations[`${prefix}pull-failure`];
  return wanted === 'true' || (wanted !== undefined && wanted !== '' && image.includes(wanted)) ? `simulated: failed to pull image "${image}"` : undefined;
}

/** Milliseconds that a pull takes for this pod. */
export function pullDelayOf(sandbox: Pick<SandboxConfig, 'annotations'>, fallback: number): number {
  return durationOf(sandbox.annotations[`${prefix}pull-delay`]) ?? fallback;
}

/** Pods of a Job are there to end; without this a Job of simulated pods would never complete. */
function endOfJob({ labels }: Pick<SandboxConfig, 'labels'>, defaults: BehaviourDefaults): number | undefined {
  return labels['batch.kubernetes.io/job-name'] === undefined ? undefined : defaults.jobMs;
}

/** Bad values count as absent: an annotation is no place from which to refuse a pod. */
function durationOf(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? undefined : parseDuration(text);
  return milliseconds !== undefined && milliseconds >= 0 ? milliseconds : undefined;
}

function exitCodeOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,3}$/.test(text) ? Math.min(255, Number(text)) : 0;
}
