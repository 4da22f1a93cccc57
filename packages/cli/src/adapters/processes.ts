import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the commands need to know about other processes. */
export interface Processes {
  /** Start mark of a live process, or undefined when it is gone; tells a recycled pid from the process meant. */
  mark(pid: number): string | undefined;
  signal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Starts a program that outlives this one, its stderr in `log`. Resolves with the first line that it writes to
   * stdout; rejects when it exits before.
   */
  startDetached(command: readonly string[], log: string, env: Readonly<Record<string, string | undefined>>): Promise<{ readonly pid: number; readonly line: string }>;
}

export const systemProcesses: Processes = Object.freeze({
  mark(pid: number) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      // EPERM: it lives and belongs to somebody else.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
    }
    return startMark(pid);
  },
  signal(pid: number, signal: 'SIGTERM' | 'SIGKILL') {
    process.kill(pid, signal);
  },
  startDetached(command: readonly string[], log: string, env: Readonly<Record<string, string | undefined>>) {
    const logFile = openSync(log, 'a', 0o600);
    const [program = process.execPath, ...args] = command;
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', logFile], env: { ...env } });
    const stdout = child.stdout!;
    closeSync(logFile);
    return new Promise<{ pid: number; line: string }>((resolve, reject) => {
      const lines = createInterface({ input: stdout });
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`the cluster process ended before it was ready (${signal ?? `exit code ${code}`})`)));
      lines.once('line', (line) => {
        lines.close();
        stdout.destroy();
        child.unref();
        resolve({ pid: child.pid!, line });
      });
    });
  },
});

/** Field 22 of /proc/<pid>/stat counts clock ticks since boot; elsewhere the pid alone has to do. A zombie counts as gone. */
function startMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return process.platform === 'linux' ? undefined : 'alive';
  }
}
