import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program that says on stdout when it is ready. */
export class Spawned {
  private constructor(
    private readonly child: ChildProcess,
    /** The first line on stdout. */
    readonly line: string,
    /** From the spawn to that line. */
    readonly readyMs: number,
  ) {}

  static async start(args: readonly string[]): Promise<Spawned> {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => { reject(new Error(`${args.join(' ')} ended with ${String(code)} before it was ready`)); });
    });
    return new Spawned(child, line, performance.now() - started);
  }

  /** User and system time so far, milliseconds, in steps of a clock tick of 10. Linux only. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resident memory, MiB. Linux only. */
  residentMiB(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))![1]) / 1024;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await gone;
  }
}
