import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '@keelson/sdk';
import type { HostPlan } from '../layout.ts';
import { unmountBelow } from './mounts.ts';
import { allProcesses, cgroupsOf, signal, withDescendants } from './processes.ts';
import type { Programs } from './programs.ts';

/** What a switched-off host leaves nothing of. */
export type PowerOffHost = Pick<HostPlan, 'netns' | 'runDir' | 'dataDir'>;

/** How long containers have to end by themselves, milliseconds. */
const grace = 1000;
/** Between two looks at what is still there: the kernel tells nobody about the end of others' children. */
const look = 20;

/**
 * Ends everything that runs on a host, as pulling its plug does: every process of its network namespace with all that
 * these started, in whatever namespace; then mounts, cgroups, sockets and the folder of its running state. What is on its
 * disk stays. Works also on what a run left that was killed.
 */
export async function powerOff(host: PowerOffHost, { programs, clock }: { readonly programs: Programs; readonly clock: Clock }): Promise<void> {
  const first = await processesOf(host, programs);
  const cgroups = new Set(first.flatMap((pid) => cgroupsOf(pid)));
  for (const pid of first) signal(pid, 'SIGTERM');
  for (let waited = 0; waited < grace && (await processesOf(host, programs)).length > 0; waited += look) await clock.sleep(look);
  for (let left = await processesOf(host, programs); left.length > 0; left = await processesOf(host, programs)) {
    for (const pid of left) for (const cgroup of cgroupsOf(pid)) cgroups.add(cgroup);
    for (const pid of left) signal(pid, 'SIGKILL');
    await clock.sleep(look);
  }
  await endCgroups([...cgroups].filter((folder) => podsCgroup.test(folder)), clock);
  for (const socket of shimSockets(host.runDir)) rmSync(socket, { force: true });
  for (const folder of [host.runDir, host.dataDir]) await unmountBelow(programs, folder);
  rmSync(host.runDir, { recursive: true, force: true });
  for (const cgroup of cgroups) removeEmptyCgroups(cgroup);
}

/**
 * Processes in the host's network namespace and their descendants: containerd's shims are there, and the processes of
 * pods below them. Found by the namespace, since a killed run left no other record that could be trusted.
 */
async function processesOf({ netns }: PowerOffHost, programs: Programs): Promise<readonly number[]> {
  let roots: readonly number[];
  try {
    roots = (await programs.run({ program: 'ip', args: ['netns', 'pids', netns] })).split('\n').map((line) => Number(line.trim())).filter((pid) => pid > 0);
  } catch (error) {
    if (/No such file/.test((error as Error).message)) return []; // no namespace, no processes
    throw error;
  }
  const all = allProcesses();
  const alive = new Set(all.map(({ pid }) => pid));
  return withDescendants(roots, all).filter((pid) => alive.has(pid) && pid !== process.pid);
}

/** Folders of pods' cgroups: those of the daemons may be everybody's. */
const podsCgroup = /\/keelson-[^/]+\/[^/]+\/kubepods\//;

/** A container that outlived its shim is nobody's child any more; its cgroup still has it. */
async function endCgroups(folders: readonly string[], clock: Clock): Promise<void> {
  for (;;) {
    const left = new Set(folders.flatMap(processesIn).filter((pid) => pid !== process.pid));
    if (left.size === 0) return;
    for (const pid of left) signal(pid, 'SIGKILL');
    await clock.sleep(look);
  }
}

function processesIn(cgroup: string): readonly number[] {
  try {
    return readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').map(Number).filter((pid) => pid > 0);
  } catch {
    return []; // gone
  }
}

/** Shims listen in a folder of the whole machine; each task's folder says where. */
function shimSockets(runDir: string): readonly string[] {
  const tasks = join(runDir, 'containerd/state/io.containerd.runtime.v2.task/k8s.io');
  return namesIn(tasks).flatMap((name) => {
    try {
      const address = readFileSync(join(tasks, name, 'address'), 'utf8').trim();
      return address.startsWith('unix:///run/containerd/s/') ? [address.slice('unix://'.length)] : [];
    } catch {
      return [];
    }
  });
}

/** The folder and those around it, as long as they are empty; those of this process and of others are not. */
export function removeEmptyCgroups(folder: string): void {
  for (let at = folder; at.split('/').length > 5; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return;
    }
  }
}

/** Removes all cgroups of a name, with what is below them, from every hierarchy; they hold no process any more. */
export function removeCgroupTrees(name: string): void {
  for (const hierarchy of ['', ...namesIn('/sys/fs/cgroup')]) removeTree(join('/sys/fs/cgroup', hierarchy, name));
}

function removeTree(folder: string): void {
  for (const name of namesIn(folder)) removeTree(join(folder, name));
  try {
    rmdirSync(folder);
  } catch {
    // never there, or still in use by somebody
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
