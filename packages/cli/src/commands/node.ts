import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { CliError, ExitCode } from '../errors.ts';
import type { World } from '../world.ts';
import { StrayErrors } from './stray-errors.ts';

/** Flags of `node run`. */
export interface NodeFlags {
  readonly config: string;
  readonly logLevel?: string;
}

/** `keelson node run --config FILE`: the agent of the host that it runs on, until a signal; containers go on without it. */
export async function nodeRun(world: World, flags: NodeFlags): Promise<number> {
  const { nodeConfig, runNode } = await world.parts.loadNode();
  const file = resolve(world.cwd, flags.config);
  const config = nodeConfig.safeParse(contentOf(file));
  if (!config.success) throw new CliError('KEEL_BAD_NODE_CONFIG', `${file} is no configuration of a node: ${config.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
  const stop = new AbortController();
  const stopped = new Promise<void>((done) => stop.signal.addEventListener('abort', () => done(), { once: true }));
  const unlisten = world.signals.listen((signal) => stop.abort(new CliError('KEEL_STOPPED', `stopped by ${signal}`)), () => world.exitNow(ExitCode.forced));
  const log = world.logger({ level: config.data.logLevel, human: world.err.isTerminal });
  const stray = new StrayErrors(world, log);
  try {
    const node = await runNode({ config: config.data, clock: world.clock, random: world.random, log, environment: world.env, signal: stop.signal });
    stray.watch(node);
    log.info('the agent works', { node: config.data.name, server: config.data.server });
    try {
      await Promise.race([stray.failed, stopped, node.failed]);
    } finally {
      await node.close();
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

function contentOf(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CliError('KEEL_BAD_NODE_CONFIG', `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}
