import { homedir } from 'node:os';
import { parts } from '../seams.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';
import { httpsClusterApi } from './cluster-api.ts';
import { lateLogger } from './late-logger.ts';
import { systemProcesses } from './processes.ts';
import { processSignals } from './stop-signals.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { errorStream, terminal } from './terminal.ts';
import { processErrors } from './uncaught-errors.ts';

/** The world as this process sees it; `entry` is the file that started it. */
export function processWorld(entry: string, own: Pick<World, 'ownDistribution' | 'artifactProgram' | 'images'> = {}): World {
  const err = errorStream(process.stderr);
  return {
    clock: systemClock,
    random: systemRandom(),
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    pid: process.pid,
    out: terminal(process.stdout),
    err,
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? entry],
    program: [process.execPath, ...process.execArgv, entry],
    version,
    processes: systemProcesses,
    signals: processSignals,
    uncaught: processErrors,
    clusterApi: httpsClusterApi,
    parts,
    logger: (options) => lateLogger(options.level, async () => (await import('./pino-logger.ts')).pinoLogger({ ...options, write: (text) => err.write(text) })),
    exitNow: (code) => process.exit(code),
    ...own,
  };
}

/** Runs `work` to its exit code and ends the process with it. */
export async function endWith(work: () => Promise<number>): Promise<never> {
  // The injected clock's timers do not hold the process; a command that runs does.
  setInterval(() => undefined, 2 ** 30);
  const code = await work();
  // Whatever a plugin may have left open must not keep a finished command alive; writes to pipes are flushed first.
  await new Promise<void>((flushed) => process.stdout.write('', () => process.stderr.write('', () => flushed())));
  process.exit(code);
}
