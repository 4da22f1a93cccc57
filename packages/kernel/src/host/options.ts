import type { Clock, ExtensionPoint, FailurePolicy, Logger, Plugin, PluginUse, Provision, Token } from '@keelson/sdk';
import type { Problem } from './problem.ts';

/** Order of an ordered point. */
export interface OrderRule {
  /** Names of contributions, first to last; a contribution without `name` goes by its plugin's name. */
  readonly names: readonly string[];
  /** True for an order that came with a preset: names that nobody contributes are passed over then. */
  readonly inherited?: boolean;
  /** Where it was written, for messages. */
  readonly place?: string;
}

/** A service that each plugin gets its own copy of, made from tokens that other plugins provide. */
export interface ScopedService {
  readonly token: Token<unknown>;
  readonly from: readonly Token<unknown>[];
  /** Called at most once per (re)start of a plugin; `dependencies` are in the order of `from`. */
  make(plugin: Plugin, dependencies: readonly unknown[]): unknown;
}

/** What the host does for plugins that own kinds, before their `start`. */
export interface Establish {
  readonly from: readonly Token<unknown>[];
  run(plugin: Plugin, dependencies: readonly unknown[], signal: AbortSignal): Promise<void>;
}

/** Time limits and the fault policy; milliseconds. */
export interface HostLimits {
  readonly startMs: number;
  readonly readyMs: number;
  readonly drainMs: number;
  readonly stopMs: number;
  /** Deadline of a contribution's asynchronous methods where the point states none. */
  readonly callMs: number;
  /** So many faults within `faultWindowMs` degrade a plugin. */
  readonly faults: number;
  readonly faultWindowMs: number;
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** A plugin that was ready for this long starts over with the first back-off. */
  readonly backoffResetMs: number;
}

/** The limits of the architecture page. */
export const defaultLimits: HostLimits = Object.freeze({
  startMs: 30_000,
  readyMs: 60_000,
  drainMs: 10_000,
  stopMs: 5_000,
  callMs: 30_000,
  faults: 5,
  faultWindowMs: 60_000,
  backoffFirstMs: 1_000,
  backoffMaxMs: 60_000,
  backoffResetMs: 300_000,
});

/** A plugin that the distribution left out, and how; makes the message about a missing provider useful. */
export interface AbsentPlugin {
  readonly plugin: Plugin;
  /** For example `was removed (distribution.ts:8)`. */
  readonly why: string;
}

/** What `createHost` needs; the composition root fills it. */
export interface HostOptions {
  /** First line of a configuration error (`distribution acme-edge`); default `host`. */
  readonly title?: string;
  readonly plugins: readonly PluginUse[];
  /** By key of the point. */
  readonly order?: Readonly<Record<string, OrderRule | readonly string[]>>;
  /** By plugin name; wins over the manifest. */
  readonly onFailure?: Readonly<Record<string, FailurePolicy>>;
  /** The same for all plugins: Clock, Random. */
  readonly provisions?: readonly Provision[];
  /** One plugin's own services: Logger, Tracer. Called once per plugin, at configure. */
  readonly services?: (plugin: Plugin) => readonly Provision[];
  /** One plugin's own services that depend on what plugins provide: ApiClient. */
  readonly scoped?: readonly ScopedService[];
  readonly establish?: Establish;
  /** Points that the composition root itself consumes; their cardinality is enforced like a plugin's requirement. */
  readonly points?: readonly ExtensionPoint<unknown>[];
  readonly log: Logger;
  readonly clock: Clock;
  readonly limits?: Partial<HostLimits>;
  /** Where each plugin was listed, by plugin name, for messages. */
  readonly places?: Readonly<Record<string, string>>;
  readonly absent?: readonly AbsentPlugin[];
  /** Problems found before the host was made; `configure` reports them together with its own. */
  readonly problems?: readonly Problem[];
  /** A plugin whose policy is `abort` failed: the composition root has to stop the host. Called at most once. */
  readonly onAbort?: (plugin: string, error: Error) => void;
}

/** Declares a scoped service with the types of its dependencies checked. */
export function scopedService<T, const D extends readonly Token<unknown>[]>(
  token: Token<T>,
  from: D,
  make: (plugin: Plugin, dependencies: { readonly [K in keyof D]: D[K] extends Token<infer V> ? V : never }) => T,
): ScopedService {
  return { token: token as Token<unknown>, from, make: make as ScopedService['make'] };
}
