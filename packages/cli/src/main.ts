// Composition root: the one place where real time, chance, environment and streams enter.
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { httpsClusterApi } from './adapters/cluster-api.ts';
import { pinoLogger } from './adapters/pino-logger.ts';
import { systemProcesses } from './adapters/processes.ts';
import { processSignals } from './adapters/stop-signals.ts';
import { systemClock } from './adapters/system-clock.ts';
import { systemMachine } from './adapters/system-machine.ts';
import { systemRandom } from './adapters/system-random.ts';
import { terminal } from './adapters/terminal.ts';
import { runProgram } from './program.ts';
import { parts } from './seams.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

const err = terminal(process.stderr);
const world: World = {
  clock: systemClock,
  random: systemRandom(),
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  pid: process.pid,
  out: terminal(process.stdout),
  err,
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? fileURLToPath(import.meta.url)],
  version,
  processes: systemProcesses,
  signals: processSignals,
  clusterApi: httpsClusterApi,
  parts,
  logger: (options) => pinoLogger({ ...options, write: (text) => err.write(text) }),
  exitNow: (code) => process.exit(code),
};

const tools = fileURLToPath(new URL('../../../.keelson/tools/bin', import.meta.url));
// The injected clock's timers do not hold the process; a command that runs does.
setInterval(() => undefined, 2 ** 30);
const code = await runProgram(world, systemMachine(process.env['PATH'], [tools]), process.argv.slice(2));
// Whatever a plugin may have left open must not keep a finished command alive; writes to pipes are flushed first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
