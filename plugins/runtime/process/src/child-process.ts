import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Cancel, Clock } from '@keelson/sdk';
import { RuntimeFault } from '@keelson/sdk/runtime';
import type { LogWriter } from './log-writer.ts';
import { signalGroup } from './process-identity.ts';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly exitCode: number;
  readonly signal: number | undefined;
}

/** A child that runs in a process group of its own, which is what is signalled and cleared. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves once the process has ended, its group is cleared and its output is written. */
  readonly exited: Promise<Exit>;
}

/** Starts a program from an argument list, never through a shell; rejects with a `RuntimeFault` when it cannot be executed. */
export async function launch({ command, args, cwd, env }: Launch, log: LogWriter, clock: Clock): Promise<RunningProcess> {
  const child = spawn(command, [...args], { cwd, env: { ...env }, detached: true, shell: false, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => log.write('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => log.write('stderr', chunk));
  await started(child, command, cwd);
  const pid = child.pid!;
  return { pid, exited: ended(child, { pid, log, clock }) };
}

function started(child: ChildProcess, command: string, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT' ? `exec: ${JSON.stringify(command)}: executable file not found in $PATH` : error.code === 'EACCES' ? `exec: ${JSON.stringify(command)}: permission denied` : error.message;
      reject(new RuntimeFault('start', `failed to start process in ${cwd}: ${why}`, { cause: error }));
    });
  });
}

/** A process that left the group may keep the pipes open; so long is waited for the end of output, milliseconds. */
const outputGraceMs = 1000;

interface Watched {
  readonly pid: number;
  readonly log: LogWriter;
  readonly clock: Clock;
}

function ended(child: ChildProcess, { pid, log, clock }: Watched): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit = { exitCode: 137, signal: undefined };
    let grace: Cancel | undefined;
    child.once('exit', (code, signal) => {
      const number = signal === null ? undefined : constants.signals[signal];
      exit = { exitCode: code ?? 128 + (number ?? 9), signal: number };
      // Children that outlive the main process would hold its pipes and its ports.
      signalGroup(pid, 'SIGKILL');
      grace = clock.after(outputGraceMs, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
    // After `close` nothing more is read from the pipes.
    child.once('close', () => {
      grace?.cancel();
      log.close();
      resolve(exit);
    });
  });
}
