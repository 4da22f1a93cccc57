// Composition root of a built distribution: the whole command, with that distribution where others have `standard`.
import type { Distribution } from '@keelson/distro';
import { endWith, processWorld } from './adapters/process-world.ts';
import { systemMachine } from './adapters/system-machine.ts';
import { runProgram } from './program.ts';

/** What an artifact of `keelson distro build` does: without arguments `up`, else any command of keelson. */
export async function runDistribution(distribution: Distribution): Promise<void> {
  const args = process.argv.slice(2);
  const world = processWorld(process.argv[1] ?? '', { ownDistribution: distribution });
  await endWith(() => runProgram(world, systemMachine(process.env['PATH'], []), args.length === 0 ? ['up'] : args));
}
