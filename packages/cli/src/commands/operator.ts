import { existsSync, readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { parse } from 'yaml';
import { provideHostModules } from '../host-modules.ts';
import { CliError, ExitCode } from '../errors.ts';
import type { World } from '../world.ts';
import { StrayErrors } from './stray-errors.ts';

/** Flags of `operator run`. */
export interface OperatorFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
  readonly logLevel?: string;
}

/** `keelson operator run PLUGIN --kubeconfig FILE`: one plugin, unchanged, against any cluster, until a signal. */
export async function operatorRun(world: World, plugin: string, flags: OperatorFlags): Promise<number> {
  const { loadPlugin } = await import('@keelson/distro');
  provideHostModules();
  const loaded = await loadPlugin(plugin, { from: world.cwd });
  const run = await world.parts.loadOperator();
  const stop = new AbortController();
  const stopped = new Promise<void>((done) => stop.signal.addEventListener('abort', () => done(), { once: true }));
  const unlisten = world.signals.listen(() => stop.abort(), () => world.exitNow(ExitCode.forced));
  const log = world.logger({ level: levelOf(flags.logLevel), human: world.err.isTerminal });
  const stray = new StrayErrors(world, log);
  try {
    const kubeconfig = kubeconfigOf(world, flags.kubeconfig);
    const operator = await run({
      plugin: loaded,
      config: configOf(world, flags.config),
      kubeconfig,
      context: flags.context,
      clock: world.clock,
      random: world.random,
      log,
      environment: world.env,
      signal: stop.signal,
    });
    stray.watch(operator);
    world.err.write(`${loaded.name} ${loaded.version} is running against ${kubeconfig ?? 'the cluster that this pod is in'}. Stop with Ctrl-C.\n`);
    try {
      await Promise.race([stray.failed, stopped, ...(operator.failed === undefined ? [] : [operator.failed])]);
    } finally {
      await operator.close();
    }
    return ExitCode.ok;
  } catch (error) {
    if (stop.signal.aborted) return ExitCode.ok;
    throw error;
  } finally {
    stray.close();
    unlisten();
  }
}

/** As kubectl finds it: the flag, KUBECONFIG's first file, the home's default; undefined in a pod that has none of them. */
function kubeconfigOf(world: World, flag: string | undefined): string | undefined {
  const given = flag ?? (world.env['KUBECONFIG'] ?? '').split(delimiter).find((path) => path !== '');
  if (given !== undefined) return resolve(world.cwd, given);
  const usual = `${world.home}/.kube/config`;
  return world.env['KUBERNETES_SERVICE_HOST'] !== undefined && !existsSync(usual) ? undefined : usual;
}

/** YAML or JSON text, or `@file`. */
function configOf(world: World, flag: string | undefined): unknown {
  if (flag === undefined) return {};
  try {
    return parse(flag.startsWith('@') ? readFileSync(resolve(world.cwd, flag.slice(1)), 'utf8') : flag) as unknown;
  } catch (error) {
    throw new CliError('KEEL_BAD_CONFIG', `cannot read the plugin's configuration: ${(error as Error).message}`, { cause: error });
  }
}

function levelOf(flag: string | undefined): 'debug' | 'info' | 'warn' | 'error' {
  if (flag === 'debug' || flag === 'warn' || flag === 'error') return flag;
  return 'info';
}
