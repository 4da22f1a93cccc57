import { CliError } from '../errors.ts';
import type { World } from '../world.ts';
import type { ClusterState } from './state-file.ts';

/**
 * Ends a cluster's process: SIGTERM, and SIGKILL after `graceMs`. The process is not our child, so its end can only be
 * looked for. Throws KEEL_TIMEOUT_STOP when even SIGKILL does not help.
 */
export async function endProcess(world: World, state: ClusterState, graceMs = 30_000): Promise<'stopped' | 'killed' | 'gone'> {
  if (!isAlive(world, state)) return 'gone';
  world.processes.signal(state.pid, 'SIGTERM');
  if (await isGoneWithin(world, state, graceMs)) return 'stopped';
  world.processes.signal(state.pid, 'SIGKILL');
  if (await isGoneWithin(world, state, 5_000)) return 'killed';
  throw new CliError('KEEL_TIMEOUT_STOP', `process ${state.pid} of cluster "${state.name}" does not end; look at it with ps -p ${state.pid}`);
}

async function isGoneWithin(world: World, state: ClusterState, ms: number): Promise<boolean> {
  const until = world.clock.monotonic() + ms;
  while (world.clock.monotonic() < until) {
    if (!isAlive(world, state)) return true;
    await world.clock.sleep(50);
  }
  return !isAlive(world, state);
}

function isAlive(world: World, state: ClusterState): boolean {
  return world.processes.mark(state.pid) === state.mark;
}
