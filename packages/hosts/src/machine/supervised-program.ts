import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Cancel, Clock, Logger } from '@keelson/sdk';

/** A program that is to run for as long as its host is on. */
export interface ProgramSpec {
  /** For messages: `agent of host1`. */
  readonly title: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** File that its output is appended to. */
  readonly log: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `on-failure`: one that ends by itself with exit code 0, as after SIGTERM, was meant to. Default `always`. */
  readonly restart?: 'always' | 'on-failure';
}

export interface SupervisionOptions {
  readonly spec: ProgramSpec;
  readonly clock: Clock;
  readonly log: Logger;
  /** The program has another pid, or none. */
  readonly onChange?: () => void;
}

/** Pauses before a restart, milliseconds; a program that ran this long begins anew with the shortest. */
const shortest = 500;
const longest = 10_000;
const steady = 30_000;

/**
 * Keeps a program running: started again when it ends, after a growing pause. It has a session of its own, so that a
 * Ctrl-C at the terminal reaches only the one who supervises.
 */
export class SupervisedProgram {
  readonly #options: SupervisionOptions;
  #child: ChildProcess | undefined;
  #timer: Cancel | undefined;
  #pause = shortest;
  #stopping = false;
  #starts = 0;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** Of the running program. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  start(): void {
    const { spec, clock, log, onChange } = this.#options;
    const [program, ...args] = spec.command;
    const since = clock.monotonic();
    const output = openSync(spec.log, 'a', 0o600);
    const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], env: { ...spec.environment } });
    closeSync(output);
    this.#starts += 1;
    this.#child = child;
    let ended = false;
    const end = (how: string, meant = false): void => {
      if (ended) return;
      ended = true;
      this.#child = undefined;
      onChange?.();
      if (this.#stopping) return;
      if (meant && spec.restart === 'on-failure') {
        log.warn(`${spec.title} was stopped; it comes back with the next start of the cluster, or with: ${spec.command.join(' ')}`);
        return;
      }
      this.#pause = clock.monotonic() - since > steady ? shortest : this.#pause;
      log.warn(`${spec.title} ended and is started again`, { how, afterMs: this.#pause, log: spec.log });
      this.#timer = clock.after(this.#pause, () => this.start());
      this.#pause = Math.min(2 * this.#pause, longest);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`, code === 0));
    onChange?.();
  }

  /** SIGTERM, after `graceMs` SIGKILL; resolves when it is gone. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = this.#options.clock.after(graceMs, () => child.kill('SIGKILL'));
    await gone;
    late.cancel();
  }
}
