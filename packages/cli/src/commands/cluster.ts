import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { endProcess } from '../cluster/end-process.ts';
import { allClusters } from '../cluster/find.ts';
import { placeNamed, type ClusterPlace } from '../cluster/places.ts';
import { readState, runningState, writeState, type ClusterState } from '../cluster/state-file.ts';
import { CliError, ExitCode } from '../errors.ts';
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
  const isNew = !existsSync(place.dataDir);
  const progress = progressOn(world.err, world.clock);
  progress.headline(`Creating cluster "${name}" ...`);
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  progress.step('Start control plane');
  const mergedInto = kubeconfigPath(world.cwd, flags.kubeconfig);
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
    const tail = lastLines(place.log);
    // A cluster that never came up leaves nothing behind, unless it is wanted for a look.
    if (isNew && flags.retain !== true) rmSync(place.dataDir, { recursive: true, force: true });
    throw new CliError('KEEL_CLUSTER_START', `cluster "${name}" did not start: ${(error as Error).message}\n${tail}`.trimEnd(), { cause: error });
  }
}

/** `keelson delete cluster NAME`: process, data, and what was added to a kubeconfig; nothing else. */
export async function deleteCluster(world: World, name: string, flags: { readonly kubeconfig?: string }): Promise<number> {
  const place = placeNamed(world, name);
  const state = readState(place);
  const progress = progressOn(world.err, world.clock);
  if (!existsSync(place.dataDir)) {
    world.err.write(`Cluster "${name}" does not exist; nothing to delete.\n`);
    return ExitCode.ok;
  }
  progress.headline(`Deleting cluster "${name}" ...`);
  if (state !== undefined) {
    progress.step('Stop');
    await endProcess(world, state);
  }
  for (const file of new Set([kubeconfigPath(world.cwd, flags.kubeconfig), state?.mergedInto])) if (file !== undefined) await removeContext(file, name);
  rmSync(place.dataDir, { recursive: true, force: true });
  progress.done();
  return ExitCode.ok;
}

/** `keelson get clusters`. */
export function getClusters(world: World, flags: { readonly output?: string }): number {
  const clusters = allClusters(world).map(({ place, running }) => ({ name: place.name, status: running === undefined ? 'Stopped' : 'Running', server: running?.server ?? '', dataDir: place.dataDir, startedAt: running?.startedAt }));
  const now = world.clock.now();
  print(world.out, formatOf(flags.output), clusters, () =>
    clusters.length === 0
      ? 'No clusters. Make one with: keelson up'
      : table(['NAME', 'STATUS', 'SERVER', 'AGE', 'DATA'], clusters.map((cluster) => [cluster.name, cluster.status, cluster.server || '-', cluster.startedAt === undefined ? '-' : age(now - cluster.startedAt), cluster.dataDir])),
  );
  return ExitCode.ok;
}

function upArguments(place: ClusterPlace, flags: UpFlags): string[] {
  // The kubeconfig of the user is merged by this command, so that the background process owns its own file alone.
  const passed = { name: place.name, 'data-dir': place.dataDir, output: 'json', 'api-port': flags.apiPort ?? '0', distribution: flags.distribution, 'bind-address': flags.bindAddress, nodes: flags.nodes, runtime: flags.runtime, storage: flags.storage, 'storage-endpoints': flags.storageEndpoints, seed: flags.seed, 'log-level': flags.logLevel ?? 'info', wait: flags.wait === undefined ? undefined : `${parseDuration(flags.wait)}ms` };
  return Object.entries(passed).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
}

async function mergeContext(place: ClusterPlace, file: string): Promise<void> {
  const { mergeInto } = await import('../cluster/kubeconfig-merge.ts');
  await mergeInto(file, place.kubeconfig, place.name);
  const state = readState(place);
  if (state !== undefined) writeState(place, { ...state, mergedInto: file } satisfies ClusterState);
}

async function removeContext(file: string, name: string): Promise<void> {
  const { removeFrom } = await import('../cluster/kubeconfig-merge.ts');
  await removeFrom(file, name);
}

/** The end of a log, at most 2 KiB, for an error message. */
function lastLines(log: string): string {
  if (!existsSync(log)) return '';
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, 2048));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(file);
  }
}
