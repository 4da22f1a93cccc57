import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { KeelsonError, type Clock } from '@keelson/sdk';
import { entryOf } from './processes.ts';

/** Milliseconds that another cluster may take for its network. */
const patience = 60_000;
const look = 25;

/**
 * Does something while no other process of this machine does the same: two clusters that start at one moment would take
 * the same free network. A lock whose process is gone counts for nothing. Throws KEEL_HOSTS_LOCKED.
 */
export async function withMachineLock<T>(file: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const own = `${process.pid} ${entryOf(process.pid)?.started ?? ''}`;
  for (const since = clock.monotonic(); !take(file, own); await clock.sleep(look)) {
    if (clock.monotonic() - since > patience) throw new KeelsonError('KEEL_HOSTS_LOCKED', `another keelson has been making hosts for ${patience / 1000} s: look at the process in ${file}, or remove that file`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, own: string): boolean {
  try {
    writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  try {
    const [pid = '', started = ''] = readFileSync(file, 'utf8').split(' ');
    // Half-written while it is being taken: its owner is alive.
    if (pid !== '' && entryOf(Number(pid))?.started !== started) rmSync(file, { force: true });
  } catch {
    // given back meanwhile
  }
  return false;
}
