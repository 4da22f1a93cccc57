import { fork, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { load, type LoadOptions, type LoadResult, type Target } from './load.ts';
import type { Command, CpuAndMemory, Ready, ServerChoice } from './server-commands.ts';

export interface MeasuredLoad extends LoadResult {
  /** CPU time of the server per request, microseconds: unlike the rate, hardly touched by what else the machine does. */
  readonly cpuMicros: number;
}

/** A server in a process of its own, so that its CPU time and memory are its alone. */
export class MeasuredServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly target: Target,
  ) {}

  /** `program`: the bundle's name, for variants of the server that are built differently. */
  static async start(choice: ServerChoice, program = 'api-server-process'): Promise<MeasuredServer> {
    const profile = process.env['KEELSON_BENCH_PROFILE'];
    const execArgv = ['--expose-gc', ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${choice.role}-${choice.driver ?? 'none'}-${process.pid}-${Date.now() % 100_000}.cpuprofile`])];
    const child = fork(join(dirname(process.argv[1]!), `${program}.mjs`), [JSON.stringify(choice)], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { target } = await answerOf<Ready>(child);
    return new MeasuredServer(child, target);
  }

  /** Has the server do something and answer; one command at a time. */
  ask<T>(command: Command): Promise<T> {
    const answer = answerOf<T>(this.child);
    this.child.send(command);
    return answer;
  }

  usage(): Promise<CpuAndMemory> {
    return this.ask({ do: 'usage' });
  }

  async load(options: LoadOptions): Promise<MeasuredLoad> {
    const before = await this.usage();
    const result = await load(this.target, options);
    const after = await this.usage();
    return { ...result, cpuMicros: (after.cpuMicros - before.cpuMicros) / result.requests };
  }

  /** Ends by itself where it can: a signal would lose a profile. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      if (this.child.exitCode !== null) resolve();
      else this.child.once('exit', () => { resolve(); });
    });
    this.child.send({ do: 'exit' } satisfies Command);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`the measured server ended with ${String(code)}`));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.removeListener('exit', ended);
      const { error } = message as { readonly error?: string };
      if (error === undefined) resolve(message as T);
      else reject(new Error(error));
    });
  });
}
