import { existsSync } from 'node:fs';
import { readFile, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@keelson/sdk';

/** Killed processes are gone after some milliseconds; so often it is looked, and so long waited in between. */
const tries = 40;
const waitMs = 10;

/**
 * Removes a pod's cgroup from every hierarchy: runc removes what it made for the containers and leaves their parent. A
 * process that is still in it, because containerd was killed while it started one and knows nothing of it, is killed, as
 * upstream's kubelet does.
 */
export async function removeCgroup(parent: string, clock: Clock, mountsFile = '/proc/self/mounts'): Promise<void> {
  const parts = parent.split('/').filter((part) => part !== '');
  // A cgroup right below the root is not a pod's, whatever the configuration says.
  if (parts.length < 2 || parts.includes('..')) return;
  const folders = (await cgroupMounts(mountsFile)).map((mount) => join(mount, ...parts));
  for (let left = tries; left > 0; left--) {
    await Promise.all(folders.map(removeTree));
    const busy = folders.filter((folder) => existsSync(folder));
    if (busy.length === 0) return;
    for (const pid of new Set((await Promise.all(busy.map(processesIn))).flat())) kill(pid);
    await clock.sleep(waitMs);
  }
}

async function cgroupMounts(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(' ')).filter(([, , type]) => type === 'cgroup' || type === 'cgroup2').map(([, path = '']) => path);
}

/** Folders only: the kernel's files in them go with them. */
async function removeTree(folder: string): Promise<void> {
  for (const inner of await foldersIn(folder)) await removeTree(inner);
  await rmdir(folder).catch(() => undefined);
}

async function processesIn(folder: string): Promise<readonly number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  const own = text.split('\n').map(Number).filter((pid) => pid > 1);
  return [...own, ...(await Promise.all((await foldersIn(folder)).map(processesIn))).flat()];
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
