import { spawn, type ChildProcess } from 'node:child_process';
import { findProgram } from '../jest/require-part.ts';

/** Outcome of one command. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real kubectl against one cluster. */
export class Kubectl {
  constructor(
    private readonly kubeconfig: string,
    private readonly program = 'kubectl',
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** Runs a command line (split at blanks) or an argument array. Rejects when it fails. */
  async run(command: string | readonly string[], options: { readonly input?: string } = {}): Promise<string> {
    const ran = await this.try(command, options);
    if (ran.code !== 0) throw new Error(`kubectl ${String(command)} ended with ${String(ran.code)}:\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }

  /** As `run`, but a failure is an answer as well. */
  try(command: string | readonly string[], options: { readonly input?: string } = {}): Promise<Ran> {
    const child = this.spawn(command);
    child.stdin!.end(options.input ?? '');
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Starts a command that goes on (watch, logs -f). */
  spawn(command: string | readonly string[]): ChildProcess {
    const args = typeof command === 'string' ? command.split(/\s+/).filter((part) => part !== '') : command;
    const path = findProgram(this.program);
    if (path === undefined) throw new Error(`${this.program} is not installed`);
    return spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: this.kubeconfig, HOME: '/nonexistent', KUBECTL_EXTERNAL_DIFF: 'diff -u', ...this.env } });
  }

  /** Reads JSON. */
  async json<T = Record<string, unknown>>(command: string): Promise<T> {
    return JSON.parse(await this.run(`${command} -o json`)) as T;
  }
}
