import { readFile, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a pod's cgroup from every hierarchy: runc removes what it made for the containers and leaves their parent.
 * What is not empty, or somebody else's, stays.
 */
export async function removeCgroup(parent: string, mountsFile = '/proc/self/mounts'): Promise<void> {
  if (parent === '' || parent === '/' || parent.split('/').includes('..')) return;
  const mounts = await cgroupMounts(mountsFile);
  await Promise.all(mounts.map((mount) => removeTree(join(mount, parent))));
}

async function cgroupMounts(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(' ')).filter(([, , type]) => type === 'cgroup' || type === 'cgroup2').map(([, path = '']) => path);
}

/** Folders only: the kernel's files in them go with them. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}
