import type { EdgeKind, PluginState, Unit } from './unit.ts';

/** One plugin as `/readyz?verbose` and `keelson plugin list` show it. */
export interface PluginStatus {
  readonly name: string;
  readonly version: string;
  readonly kind: string;
  readonly summary: string;
  readonly state: PluginState;
  /** Wall time of the last change of `state`, milliseconds. */
  readonly since: number;
  /** Since the host started. */
  readonly faults: number;
  /** Restarts since it was last healthy for long. */
  readonly restarts: number;
  readonly lastError: string | undefined;
  /** What it starts after, and because of which token or point. */
  readonly edges: readonly { readonly to: string; readonly kind: EdgeKind; readonly via: string }[];
  /** Keys of the points it contributes to. */
  readonly fills: readonly string[];
}

/** A frozen picture of a unit. */
export function pluginStatus(unit: Unit): PluginStatus {
  const { name, version, kind, summary } = unit.plugin;
  return Object.freeze({
    name,
    version,
    kind,
    summary,
    state: unit.state,
    since: unit.since,
    faults: unit.faults,
    restarts: unit.attempt,
    lastError: unit.lastError?.message,
    edges: unit.edges.map((edge) => ({ to: edge.to.name, kind: edge.kind, via: edge.via })),
    fills: [...new Set(unit.contributions.map((contribution) => contribution.contributionTo))],
  });
}
