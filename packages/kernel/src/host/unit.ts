import type { Contribution, Logger, Origin, Plugin, PluginInstance, Provision, Requirement, FailurePolicy } from '@keelson/sdk';
import type { PluginScope } from './wiring/plugin-scope.ts';

/** Where a plugin is in its life. `draining` lasts from the first drain of the host to the plugin's `stop`. */
export type PluginState = 'configured' | 'starting' | 'ready' | 'degraded' | 'disabled' | 'draining' | 'stopped';

/** How one plugin depends on another. Only `point` edges survive a restart of the other side. */
export type EdgeKind = 'token' | 'optional' | 'point';

/** "Starts after", with the reason. */
export interface Edge {
  readonly to: Unit;
  readonly kind: EdgeKind;
  /** Key of the token or point. */
  readonly via: string;
}

/** Why a running plugin goes down. */
export type Down = { readonly why: 'dependency'; readonly plugin: string } | { readonly why: 'fault'; readonly error: Error } | { readonly why: 'shutdown' };

/** All that the host knows about one plugin; plain state, changed by the supervisor only. */
export interface Unit {
  readonly plugin: Plugin;
  readonly name: string;
  readonly place: string | undefined;
  /** Parsed and frozen. */
  config: unknown;
  readonly requires: readonly (readonly [field: string, requirement: Requirement])[];
  readonly services: ReadonlyMap<string, unknown>;
  readonly log: Logger;
  readonly origin: Origin;
  /** What the distribution or the manifest says; undefined: by the plugin's kind. */
  readonly policy: FailurePolicy | undefined;
  /** Sorted by the other side's name, at most one per (other side, key). */
  edges: Edge[];
  dependents: { readonly unit: Unit; readonly kind: EdgeKind }[];

  scope: PluginScope | undefined;
  instance: PluginInstance | undefined;
  contributions: readonly Contribution[];
  provisions: readonly Provision[];
  /** Counts set-ups; tells dependents whether what they hold is still current. */
  generation: number;
  /** Generations of the dependencies at the last set-up. */
  builtWith: ReadonlyMap<Unit, number>;
  /** True once `start` was called on the present instance. */
  used: boolean;
  /** True from the first hook of a run to the end of its `stop`. */
  active: boolean;
  drained: boolean;

  state: PluginState;
  since: number;
  faults: number;
  lastError: Error | undefined;
  /** Restarts since it was last healthy for long. */
  attempt: number;
  takeDown: ((down: Down) => void) | undefined;
}

/** Other side gone means that this side cannot go on as it is. */
export function isTight(kind: EdgeKind): boolean {
  return kind !== 'point';
}
