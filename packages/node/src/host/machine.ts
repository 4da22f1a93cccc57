import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Pressure } from '../node/node-object.ts';

/** Below these the node says that it is under pressure: upstream's hard eviction thresholds. */
const least = { memoryBytes: 100 * 1024 * 1024, diskShare: 0.1, inodeShare: 0.05, pidShare: 0.05 };

/** What this machine has for pods. */
export async function machineCapacity(folder: string): Promise<Readonly<Record<string, string>>> {
  const disk = await statfs(folder).catch(() => undefined);
  return {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    ...(disk === undefined ? {} : { 'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki` }),
  };
}

/** What this machine is short of now; `folder` is where pods write. */
export async function machinePressures(folder: string): Promise<ReadonlySet<Pressure>> {
  const found = new Set<Pressure>();
  const [memory, disk, load, most] = await Promise.all([
    readFile('/proc/meminfo', 'utf8').catch(() => ''),
    statfs(folder).catch(() => undefined),
    readFile('/proc/loadavg', 'utf8').catch(() => ''),
    readFile('/proc/sys/kernel/pid_max', 'utf8').catch(() => ''),
  ]);
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1];
  if (available !== undefined && Number(available) * 1024 < least.memoryBytes) found.add('MemoryPressure');
  if (disk !== undefined && (disk.bavail < least.diskShare * disk.blocks || disk.ffree < least.inodeShare * disk.files)) found.add('DiskPressure');
  const tasks = /\d+\/(\d+)/.exec(load)?.[1];
  if (tasks !== undefined && most !== '' && Number(tasks) > (1 - least.pidShare) * Number(most)) found.add('PIDPressure');
  return found;
}
