import type { Clock, Logger, Plugin, Random } from '@keelson/sdk';
import type { Host } from '@keelson/kernel/host';
import type { Distribution, ResolvedDistribution } from '@keelson/distro';
import { CliError } from './errors.ts';

/** Drivers that `--storage` knows. */
export type StorageKind = 'memory' | 'embedded' | 'etcd';
/** Runtimes that `--runtime` knows. */
export type RuntimeKind = 'sim' | 'process';

/** What `up` asks for; everything real (time, chance, environment) is handed over here. */
export interface BootOptions {
  readonly name: string;
  readonly distribution: ResolvedDistribution;
  /** Absolute; created when missing. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly apiPort: number;
  readonly bindAddress: string;
  /** The cluster's own kubeconfig, written by boot. */
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly runtime: RuntimeKind;
  readonly storage: StorageKind;
  readonly storageEndpoints: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** When frames of a turn leave for watchers. */
  readonly schedule: (flush: () => void) => void;
  /** For `OTEL_*` only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told the name of each step as it begins. */
  readonly onStep?: (step: string) => void;
}

/** A cluster that serves. */
export interface BootedCluster {
  readonly server: string;
  readonly kubeconfig: string;
  readonly host: Pick<Host, 'status'>;
  /** Rejects if the cluster fails for good while it runs. */
  readonly failed?: Promise<never>;
  /** Readiness off, watches ended, store flushed, everything released. */
  close(): Promise<void>;
}

/** What `operator run` asks for. */
export interface OperatorOptions {
  readonly plugin: Plugin;
  readonly config: unknown;
  /** Undefined: this process is a pod and acts as its service account. */
  readonly kubeconfig: string | undefined;
  readonly context?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Boots clusters; loaded when needed, so that `keelson status` does not pay for the kernel. */
async function loadBoot(): Promise<(options: BootOptions) => Promise<BootedCluster>> {
  return (await import('@keelson/distro/boot')).bootCluster;
}

/** Runs one plugin against any cluster. */
async function loadOperator(): Promise<(options: OperatorOptions) => Promise<{ readonly host: Pick<Host, 'status'>; readonly failed?: Promise<never>; close(): Promise<void> }>> {
  return pick(() => import('@keelson/distro/operator'), 'runOperator');
}

/** Writes a distribution's artifact into a folder; answers the files. */
async function loadBuilder(): Promise<(options: { readonly distribution: ResolvedDistribution; readonly file: string; readonly outDir: string; readonly program: { readonly module: string; readonly export: string } }) => Promise<readonly string[]>> {
  return (await import('@keelson/distro/build')).buildDistribution;
}

/** The distributions that come with keelson, by name. */
async function loadPresets(): Promise<ReadonlyMap<string, Distribution>> {
  const found: Readonly<Record<string, unknown>> = await import('@keelson/distro/presets');
  return new Map(Object.entries(found).filter(([key, value]) => (value as { name?: unknown } | undefined)?.name === key) as [string, Distribution][]);
}

async function pick<T>(load: () => Promise<unknown>, name: string): Promise<T> {
  const found = ((await load()) as Readonly<Record<string, unknown>>)[name];
  if (found === undefined) throw new CliError('KEEL_UNEXPECTED', `this build of keelson has no ${name}; use a newer one`);
  return found as T;
}

/** The parts of the program that commands load on demand; tests hand over others. */
export interface Parts {
  readonly loadBoot: typeof loadBoot;
  readonly loadOperator: typeof loadOperator;
  readonly loadBuilder: typeof loadBuilder;
  readonly loadPresets: typeof loadPresets;
}

/** The real ones. */
export const parts: Parts = Object.freeze({ loadBoot, loadOperator, loadBuilder, loadPresets });
