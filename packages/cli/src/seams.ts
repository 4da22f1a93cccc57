import type { Distribution } from '@keelson/distro';
import type { BootedCluster as Booted, BootOptions } from '@keelson/distro/boot';
import type { BuildOptions } from '@keelson/distro/build';
import type { NodeOptions, RunningNode } from '@keelson/distro/node-host';
import type { OperatorOptions, RunningOperator as Operator } from '@keelson/distro/operator';

/** Drivers that `--storage` knows. */
export type StorageKind = BootOptions['storage'];
/** Runtimes that `--runtime` knows. */
export type RuntimeKind = NonNullable<BootOptions['runtime']>;

/** What a command uses of a cluster that serves. */
export type BootedCluster = Pick<Booted, 'server' | 'kubeconfig' | 'close'> & { readonly host: Pick<Booted['host'], 'status' | 'stray'>; readonly failed?: Booted['failed'] };

/** Boots a control plane with hosts around it. */
export type HostedBoot = typeof import('./hosts/boot-with-hosts.ts').bootWithHosts;

/** What a command uses of a running operator. */
export type RunningOperator = Pick<Operator, 'close'> & { readonly host: Pick<Operator['host'], 'stray'> } & { readonly failed?: Operator['failed'] };

/** Boots clusters; loaded when needed, so that `keelson status` does not pay for the kernel. */
async function loadBoot(): Promise<(options: BootOptions) => Promise<BootedCluster>> {
  return (await import('@keelson/distro/boot')).bootCluster;
}

/** Boots clusters whose nodes are hosts with agents of their own. */
async function loadHostedBoot(): Promise<{ readonly boot: Parameters<HostedBoot>[0]; readonly bootWithHosts: HostedBoot }> {
  const [{ bootCluster: boot }, { bootWithHosts }] = await Promise.all([import('@keelson/distro/boot'), import('./hosts/boot-with-hosts.ts')]);
  return { boot, bootWithHosts };
}

/** Runs a host's agent. */
async function loadNode(): Promise<{ readonly nodeConfig: typeof import('@keelson/distro/node-host').nodeConfig; readonly runNode: (options: NodeOptions) => Promise<RunningNode> }> {
  return import('@keelson/distro/node-host');
}

/** Runs one plugin against any cluster. */
async function loadOperator(): Promise<(options: OperatorOptions) => Promise<RunningOperator>> {
  return (await import('@keelson/distro/operator')).runOperator;
}

/** Writes a distribution's artifact into a folder; answers the files. */
async function loadBuilder(): Promise<(options: BuildOptions) => Promise<readonly string[]>> {
  return (await import('@keelson/distro/build')).buildDistribution;
}

/** The distributions that come with keelson, by name. */
async function loadPresets(): Promise<ReadonlyMap<string, Distribution>> {
  const found: Readonly<Record<string, unknown>> = await import('@keelson/distro/presets');
  return new Map(Object.entries(found).filter(([key, value]) => (value as { name?: unknown } | undefined)?.name === key) as [string, Distribution][]);
}

/** The parts of the program that commands load on demand; tests hand over others. */
export interface Parts {
  readonly loadBoot: typeof loadBoot;
  readonly loadHostedBoot: typeof loadHostedBoot;
  readonly loadNode: typeof loadNode;
  readonly loadOperator: typeof loadOperator;
  readonly loadBuilder: typeof loadBuilder;
  readonly loadPresets: typeof loadPresets;
}

/** The real ones. */
export const parts: Parts = Object.freeze({ loadBoot, loadHostedBoot, loadNode, loadOperator, loadBuilder, loadPresets });
