import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../cluster/end-process.ts';
import { allClusters } from '../cluster/find.ts';
import { refuseForeignContext } from '../cluster/foreign-context.ts';
import { makeDataFolder } from '../cluster/make-folder.ts';
import { clustersFolder, placeHere, placeNamed, type ClusterPlace } from '../cluster/places.ts';
import { startFault } from '../cluster/start-fault.ts';
import { readState, runningState, writeState, type ClusterState } from '../cluster/state-file.ts';
import { CliError, ExitCode } from '../errors.ts';
import { hostsOf } from '../hosts/hosts-of.ts';
import { parseDuration } from '../output/duration.ts';
import { age, formatOf, print, table } from '../output/print.ts';
import { progressOn } from '../output/progress.ts';
import type { World } from '../world.ts';
import { kubeconfigPath, settingsOf, type UpFlags } from './up-options.ts';

/** `keelson create cluster NAME`: a cluster in the background, with its log and state in the user's home. */
export async function createCluster(world: World, name: string, flags: UpFlags & { readonly retain?: boolean }): Promise<number> {
  settingsOf(flags);
  const format = formatOf(flags.output);
  const place = placeNamed(world, name);
  if (runningState(world, place) !== undefined) throw new CliError('KEEL_CLUSTER_EXISTS', `cluster "${name}" already exists and runs; delete it with: keelson delete cluster ${name}`);
  const here = placeHere(world, { name });
  if (runningState(world, here)?.name === name) throw new CliError('KEEL_CLUSTER_EXISTS', `a cluster called "${name}" already runs in ${here.dataDir}: give this one another name, for example keelson create cluster ${name}-2`);
  const isNew = !existsSync(place.dataDir);
  const mergedInto = kubeconfigPath(world.cwd, flags.kubeconfig);
  if (mergedInto !== undefined) refuseForeignContext(place, mergedInto);
  makeDataFolder(place.dataDir);
  const progress = progressOn(world.err, world.clock);
  progress.headline(`Creating cluster "${name}" ...`);
  progress.step('Start control plane');
  const written = sizeOf(place.log);
  try {
    const { line } = await world.processes.startDetached([...world.self, 'up', ...upArguments(place, flags)], place.log, world.env);
    progress.done();
    const ready = JSON.parse(line) as { server: string; kubeconfig: string; readyMs: number; pid: number };
    const kubeconfig = mergedInto ?? ready.kubeconfig;
    if (mergedInto !== undefined) await mergeContext(place, mergedInto);
    print(world.out, format, { name, ...ready, kubeconfig, log: place.log }, () => [
      `Cluster "${name}" is ready (${(ready.readyMs / 1000).toFixed(1)} s). Type next:`,
      '',
      `  kubectl --kubeconfig ${kubeconfig} --context keelson-${name} get nodes`,
      '',
      `Its log is ${place.log}. Delete it with: keelson delete cluster ${name}`,
    ].join('\n'));
    return ExitCode.ok;
  } catch (error) {
    progress.failed();
    const said = textFrom(place.log, written);
    // A cluster that never came up leaves nothing behind, unless it is wanted for a look.
    if (isNew && flags.retain !== true) rmSync(place.dataDir, { recursive: true, force: true });
    throw startFault(name, error as Error, said);
  }
}

/** `keelson delete cluster NAME`: process, data, and what was added to a kubeconfig; nothing else. */
export async function deleteCluster(world: World, name: string, flags: { readonly kubeconfig?: string; readonly output?: string }): Promise<number> {
  const place = placeNamed(world, name);
  const format = formatOf(flags.output);
  const state = readState(place);
  const progress = progressOn(world.err, world.clock);
  if (!existsSync(place.dataDir)) {
    const [here, elsewhere] = [placeHere(world, { name }), allClusters(world).map((cluster) => cluster.place.name)];
    const way = readState(here)?.name === name ? `the one in ${here.dataDir} was started with keelson up: stop it with Ctrl-C and remove that folder` : elsewhere.length === 0 ? 'there is none' : `there are: ${elsewhere.join(', ')}`;
    world.err.write(`Cluster "${name}" does not exist in ${clustersFolder(world)}; nothing to delete (${way}).\n`);
    if (format === 'json') print(world.out, format, { name, deleted: false }, () => '');
    return ExitCode.ok;
  }
  progress.headline(`Deleting cluster "${name}" ...`);
  if (state !== undefined) {
    progress.step('Stop');
    await endProcess(world, state);
  }
  if (existsSync(join(place.dataDir, 'hosts'))) {
    progress.step('Remove hosts');
    await removeHostsOf(world, place.dataDir);
  }
  progress.step('Remove data and access');
  const files = [...new Set([kubeconfigPath(world.cwd, flags.kubeconfig), state?.mergedInto])].filter((file) => file !== undefined);
  for (const file of files) await removeContext(file, name);
  rmSync(place.dataDir, { recursive: true, force: true });
  progress.done();
  print(world.out, format, { name, deleted: true, dataDir: place.dataDir, kubeconfigs: files }, () => `Cluster "${name}" is deleted, with its data in ${place.dataDir}${files.length === 0 ? '' : ` and its context in ${files.join(', ')}`}.`);
  return ExitCode.ok;
}

/** `keelson get clusters`. */
export function getClusters(world: World, flags: { readonly output?: string }): number {
  const clusters = allClusters(world).map(({ place, running }) => ({ name: place.name, status: running === undefined ? 'Stopped' : 'Running', server: running?.server ?? '', hosts: hostsOf(place.dataDir).length, dataDir: place.dataDir, startedAt: running?.startedAt }));
  const now = world.clock.now();
  print(world.out, formatOf(flags.output), clusters, () =>
    clusters.length === 0
      ? 'No clusters. Make one with: keelson up'
      : table(['NAME', 'STATUS', 'SERVER', 'HOSTS', 'AGE', 'DATA'], clusters.map((cluster) => [cluster.name, cluster.status, cluster.server || '-', cluster.hosts === 0 ? '-' : String(cluster.hosts), cluster.startedAt === undefined ? '-' : age(now - cluster.startedAt), cluster.dataDir])),
  );
  return ExitCode.ok;
}

function upArguments(place: ClusterPlace, flags: UpFlags): string[] {
  // The kubeconfig of the user is merged by this command, so that the background process owns its own file alone.
  const passed = { name: place.name, 'data-dir': place.dataDir, output: 'json', 'api-port': flags.apiPort ?? '0', distribution: flags.distribution, 'bind-address': flags.bindAddress, nodes: flags.nodes, runtime: flags.runtime, hosts: flags.hosts, cni: flags.cni, proxy: flags.proxy, 'hosts-network': flags.hostsNetwork, storage: flags.storage, 'storage-endpoints': flags.storageEndpoints, seed: flags.seed, 'log-level': flags.logLevel ?? 'info', wait: flags.wait === undefined ? undefined : `${parseDuration(flags.wait)}ms` };
  return Object.entries(passed).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
}

async function mergeContext(place: ClusterPlace, file: string): Promise<void> {
  const { mergeInto } = await import('../cluster/kubeconfig-merge.ts');
  await mergeInto(file, place.kubeconfig, place.name);
  const state = readState(place);
  if (state !== undefined) writeState(place, { ...state, mergedInto: file } satisfies ClusterState);
}

/** What a killed process may have left; one that stopped by itself has left nothing. */
async function removeHostsOf({ clock }: World, dataDir: string): Promise<void> {
  const { removeHosts, systemPrograms } = await import('@keelson/hosts');
  await removeHosts(dataDir, { programs: systemPrograms, clock });
}

async function removeContext(file: string, name: string): Promise<void> {
  const { removeFrom } = await import('../cluster/kubeconfig-merge.ts');
  await removeFrom(file, name);
}

/** What a log holds from a position on, at most the last 64 KiB. */
function textFrom(log: string, position: number): string {
  if (!existsSync(log)) return '';
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(position, size - 65_536);
    const text = Buffer.alloc(Math.max(0, size - from));
    readSync(file, text, 0, text.length, from);
    return text.toString('utf8');
  } finally {
    closeSync(file);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
