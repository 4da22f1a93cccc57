import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalGroup, stillRuns, type ProcessIdentity } from './process-identity.ts';

/**
 * Notes on disk which processes run, so that an agent that was killed finds and ends them when it comes back: a process
 * whose output nobody reads and whose end nobody sees is not a container any more.
 */
export class RunRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  note(containerId: string, identity: ProcessIdentity): void {
    writeFileSync(this.#path(containerId), JSON.stringify(identity), { mode: 0o600 });
  }

  forget(containerId: string): void {
    rmSync(this.#path(containerId), { force: true });
  }

  /** Kills what is left of an earlier agent; returns how many process groups that were. */
  killLeftovers(): number {
    let killed = 0;
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const identity = readIdentity(path);
      if (identity !== undefined && stillRuns(identity)) {
        signalGroup(identity.pid, 'SIGKILL');
        killed++;
      }
      rmSync(path, { force: true });
    }
    return killed;
  }

  #path(containerId: string): string {
    return join(this.#folder, `${containerId}.json`);
  }
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return Number.isInteger(value.pid) && value.pid! > 1 && typeof value.startTime === 'string' ? (value as ProcessIdentity) : undefined;
  } catch {
    return undefined;
  }
}
