import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from '../contract.ts';

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same id; empty where the system does not say. */
  readonly started: string;
}

/** The lock that keeps two processes (or two stores of one process) out of the same data directory. */
export interface DataLock {
  release(): void;
}

const attempts = 5;

/** Takes the lock or throws `KEEL_STORE_LOCKED`. A lock whose holder is dead is taken over. */
export function lockDataDirectory(folder: string): DataLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (create(path, mine)) return { release: () => releaseIfMine(path, mine) };
    const text = readText(path);
    if (text === undefined) continue;
    const holder = parse(text);
    // Locks appear whole (see create), so an unreadable one is no live process's.
    if (holder !== undefined && isAlive(holder)) throw locked(folder, holder.pid);
    takeAway(path, text, mine);
  }
  throw locked(folder, parse(readText(path) ?? '')?.pid);
}

function locked(folder: string, pid: number | undefined): DataDirectoryError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new DataDirectoryError('KEEL_STORE_LOCKED', `data directory ${folder} is in use by ${who}; stop it, or give this one another data directory`);
}

/** Removes a dead holder's lock. A second file decides between several that found it dead at the same time. */
function takeAway(path: string, stale: string, mine: string): void {
  const guard = `${path}.takeover`;
  if (!create(guard, mine)) {
    const other = parse(readText(guard) ?? '');
    if (other !== undefined && !isAlive(other)) remove(guard);
    return;
  }
  if (readText(path) === stale) remove(path);
  remove(guard);
}

function releaseIfMine(path: string, mine: string): void {
  if (readText(path) === mine) remove(path);
}

/** False if the file is there already. The file appears with its whole text at once: it is linked, not written. */
function create(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP') throw error;
    return createWithoutLinks(path, text);
  } finally {
    remove(draft);
  }
}

/** For file systems without hard links. */
function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === 'number' && typeof value.started === 'string' ? { pid: value.pid, started: value.started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = startOf(pid);
  if (now === 'dead') return false;
  return started === '' || now === '' || started === now;
}

/** Start time of a process in the kernel's ticks since boot, with the boot's id; 'dead' for a zombie; Linux only. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may hold spaces and brackets; the fields after the last bracket do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    const ticks = fields[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${ticks}`;
  } catch {
    return '';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
