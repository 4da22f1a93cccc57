import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { World } from '../world.ts';
import type { ClusterPlace } from './places.ts';

/** What a running cluster leaves for the other commands; plain JSON in the data directory. */
export interface ClusterState {
  readonly name: string;
  readonly pid: number;
  /** See `Processes.mark`. */
  readonly mark: string;
  readonly server: string;
  readonly kubeconfig: string;
  /** Kubeconfig of the user that the cluster's context was merged into, if asked for. */
  readonly mergedInto?: string;
  readonly storage: string;
  readonly runtime: string;
  readonly nodes: number;
  readonly version: string;
  readonly distribution: string;
  /** Wall time, milliseconds. */
  readonly startedAt: number;
}

/** The state as last written, or undefined when there is none or it cannot be read. */
export function readState(place: ClusterPlace): ClusterState | undefined {
  try {
    const state = JSON.parse(readFileSync(place.state, 'utf8')) as ClusterState;
    return typeof state.pid === 'number' && typeof state.server === 'string' ? state : undefined;
  } catch {
    return undefined;
  }
}

/** The state, if its process is alive and the same one. */
export function runningState(world: World, place: ClusterPlace): ClusterState | undefined {
  const state = readState(place);
  return state !== undefined && world.processes.mark(state.pid) === state.mark ? state : undefined;
}

/** Writes by rename, so that a reader never sees half of it. */
export function writeState(place: ClusterPlace, state: ClusterState): void {
  const draft = `${place.state}.${state.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, place.state);
}

/** Forgets a cluster that stopped; data stays. */
export function removeState(place: ClusterPlace): void {
  rmSync(place.state, { force: true });
}
