import { readdirSync, readFileSync } from 'node:fs';

/** One process, as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot; tells a recycled pid from the process meant. */
  readonly started: string;
}

/** All processes that are alive; zombies are not. */
export function allProcesses(): readonly ProcessEntry[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => entryOf(Number(name)) ?? []);
}

/** One process; undefined when it is gone. */
export function entryOf(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The given processes and all that they started, parents before children. */
export function withDescendants(roots: readonly number[], all: readonly Pick<ProcessEntry, 'pid' | 'parent'>[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of all) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = new Set<number>();
  const visit = (pid: number): void => {
    if (found.has(pid)) return;
    found.add(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  for (const pid of roots) visit(pid);
  return [...found];
}

/** Folders of the cgroups that a process is in, below /sys/fs/cgroup; empty when it is gone. */
export function cgroupsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n').flatMap((line) => {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.+)$/.exec(line) ?? [];
      if (path === '') return [];
      return controllers === '' ? [`/sys/fs/cgroup${path}`, `/sys/fs/cgroup/unified${path}`] : [`/sys/fs/cgroup/${controllers.replace(/^name=/, '')}${path}`];
    });
  } catch {
    return [];
  }
}

/** Sends a signal; fine when the process is gone. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
