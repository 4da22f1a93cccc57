import type { Logger } from '@keelson/sdk';
import type { Machine } from '../doctor/machine.ts';
import { bootFor } from '../hosts/boot-for.ts';
import { hostsOf } from '../hosts/hosts-of.ts';
import { nextTurn } from '../adapters/next-turn.ts';
import { makeDataFolder } from '../cluster/make-folder.ts';
import { CliError, ExitCode } from '../errors.ts';
import { chooseDistribution } from '../cluster/distribution.ts';
import { refuseForeignContext } from '../cluster/foreign-context.ts';
import { placeHere, type ClusterPlace } from '../cluster/places.ts';
import { removeState, runningState, writeState } from '../cluster/state-file.ts';
import { formatOf, print, type Format } from '../output/print.ts';
import { parseDuration } from '../output/duration.ts';
import { progressOn } from '../output/progress.ts';
import type { BootedCluster } from '../seams.ts';
import { systemRandom } from '../adapters/system-random.ts';
import type { World } from '../world.ts';
import { StrayErrors } from './stray-errors.ts';
import { readyText, type ReadyFacts } from './ready.ts';
import { kubeconfigPath, settingsOf, type UpFlags, type UpSettings } from './up-options.ts';

/** `keelson up`: runs the cluster of the current directory in the foreground until a signal ends it. */
export async function up(world: World, flags: UpFlags, machine?: Machine): Promise<number> {
  const settings = settingsOf(flags);
  const format = formatOf(flags.output);
  const place = placeHere(world, flags);
  refuseSecond(world, place);
  const mergedInto = kubeconfigPath(world.cwd, flags.kubeconfig);
  if (mergedInto !== undefined) refuseForeignContext(place, mergedInto, settings.apiPort === 0 ? undefined : `https://${settings.bindAddress === '0.0.0.0' ? '127.0.0.1' : settings.bindAddress}:${settings.apiPort}`);
  const started = world.clock.monotonic();
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  const unlisten = world.signals.listen(
    (signal) => stop.abort(new CliError('KEEL_STOPPED', `stopped by ${signal}`)),
    () => {
      world.err.write('stopping at once: unfinished work is dropped\n');
      world.exitNow(ExitCode.forced);
    },
  );
  const log = world.logger({ level: settings.logLevel, human: world.err.isTerminal });
  const stray = new StrayErrors(world, log);
  stray.failed.catch((error: Error) => stop.abort(new CliError('KEEL_UNCAUGHT', error.message, { cause: error })));
  try {
    const cluster = await start(world, flags, { settings, place, machine, log }, stop);
    if (cluster === undefined) return ExitCode.ok;
    stray.watch(cluster);
    if (mergedInto !== undefined) await (await import('../cluster/kubeconfig-merge.ts')).mergeInto(mergedInto, cluster.kubeconfig, place.name);
    const facts: ReadyFacts = { name: place.name, server: cluster.server, kubeconfig: mergedInto ?? cluster.kubeconfig, readyMs: Math.round(world.clock.monotonic() - started), plugins: cluster.host.status(), hostStates: settings.hosts === 0 ? [] : hostsOf(place.dataDir), ...settings };
    remember(world, place, facts, flags, mergedInto);
    announce(world, format, facts);
    return await serve(world, place, cluster, { stopped, failed: stray.failed });
  } finally {
    stray.close();
    unlisten();
  }
}

/** Boots with progress; undefined when a signal came in between. */
async function start(world: World, flags: UpFlags, { settings, place, machine, log }: { readonly settings: UpSettings; readonly place: ClusterPlace; readonly machine: Machine | undefined; readonly log: Logger }, stop: AbortController): Promise<BootedCluster | undefined> {
  const progress = progressOn(world.err, world.clock);
  progress.headline(`Starting cluster "${place.name}" ...`);
  makeDataFolder(place.dataDir);
  const limit = flags.wait === undefined ? undefined : world.clock.after(parseDuration(flags.wait), () => stop.abort(new CliError('KEEL_TIMEOUT_READY', `cluster "${place.name}" was not ready within ${flags.wait}; look at the log above, or give more time with --wait`)));
  try {
    progress.step('Load distribution');
    const { resolved } = await chooseDistribution(world, flags.distribution);
    const boot = await bootFor(world, settings, machine);
    const cluster = await boot({
      name: place.name,
      distribution: resolved,
      dataDir: place.dataDir,
      kubeconfig: place.kubeconfig,
      ...settings,
      clock: world.clock,
      random: flags.seed === undefined ? world.random : systemRandom(flags.seed),
      log,
      environment: world.env,
      schedule: nextTurn,
      signal: stop.signal,
      onStep: (step) => progress.step(step),
    });
    if (stop.signal.aborted) {
      // Ready, but too late: whoever asked has been told otherwise.
      await cluster.close();
      throw stop.signal.reason as CliError;
    }
    progress.done();
    return cluster;
  } catch (error) {
    progress.failed();
    if (stop.signal.aborted) {
      const reason = stop.signal.reason as CliError;
      if (reason.code !== 'KEEL_STOPPED') throw reason;
      return undefined;
    }
    throw error;
  } finally {
    limit?.cancel();
  }
}

/** Waits for the signal or for a failure, then stops the cluster; the exit code. */
async function serve(world: World, place: ClusterPlace, cluster: BootedCluster, ends: { readonly stopped: Promise<void>; readonly failed: Promise<never> }): Promise<number> {
  let code: number = ExitCode.ok;
  try {
    await Promise.race([ends.failed, ends.stopped, ...(cluster.failed === undefined ? [] : [cluster.failed])]);
    world.err.write('\nStopping ... (once more ends it without waiting for what is in flight)\n');
  } catch (error) {
    code = ExitCode.unexpected;
    world.err.write(`\nerror: cluster "${place.name}" failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  const since = world.clock.monotonic();
  await cluster.close();
  removeState(place);
  world.err.write(` ✓ Stopped (${((world.clock.monotonic() - since) / 1000).toFixed(1)} s)\n`);
  return code;
}

function refuseSecond(world: World, place: ClusterPlace): void {
  const running = runningState(world, place);
  if (running === undefined) return;
  throw new CliError('KEEL_CLUSTER_RUNNING', `cluster "${running.name}" is already running in ${place.dataDir} as process ${running.pid}; stop it (kill ${running.pid}) or choose another --data-dir`);
}

function remember(world: World, place: ClusterPlace, facts: ReadyFacts, flags: UpFlags, mergedInto: string | undefined): void {
  writeState(place, {
    name: place.name,
    pid: world.pid,
    mark: world.processes.mark(world.pid) ?? '',
    server: facts.server,
    kubeconfig: place.kubeconfig,
    ...(mergedInto === undefined ? {} : { mergedInto }),
    storage: facts.storage,
    runtime: facts.runtime,
    nodes: facts.nodes,
    version: world.version,
    distribution: flags.distribution ?? 'standard',
    startedAt: world.clock.now(),
  });
}

function announce(world: World, format: Format, facts: ReadyFacts): void {
  if (format === 'json') {
    // One line whatever stdout is: scripts read up to the first line break.
    const { plugins, hostStates, ...rest } = facts;
    world.out.write(`${JSON.stringify({ ...rest, hosts: hostStates, pid: world.pid, plugins: plugins.map(({ name, version, state }) => ({ name, version, state })) })}\n`);
  } else print(world.out, format, facts, () => readyText(facts, world.cwd));
}
