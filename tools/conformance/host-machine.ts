import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** One host of a cluster, as `keelson status -o json` tells. */
export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly netns: string;
  readonly agentPid: number;
}

/** Runs a program in a host's network. */
export function onHost(host: Pick<HostStatus, 'netns'>, program: string, ...args: readonly string[]): string {
  return execFileSync('nsenter', [`--net=/run/netns/${host.netns}`, '--', program, ...args], { encoding: 'utf8' });
}

/** What of one cluster's hosts is on this machine now; all empty when nothing is. */
export function leftovers(id: string): { readonly namespaces: readonly string[]; readonly links: readonly string[]; readonly mounts: readonly string[]; readonly cgroups: readonly string[]; readonly processes: readonly string[] } {
  const links = JSON.parse(execFileSync('ip', ['-json', 'link'], { encoding: 'utf8' })) as readonly { readonly ifname: string }[];
  const mine = (text: string): boolean => text.includes(`kl-${id}`) || text.includes(`keelson-${id}`) || text.includes(`/run/keelson/${id}/`);
  return {
    namespaces: execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n').filter(mine),
    links: links.map(({ ifname }) => ifname).filter(mine),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').filter(mine),
    cgroups: readdirSync('/sys/fs/cgroup').flatMap((name) => foldersIn(`/sys/fs/cgroup/${name}`)).filter(mine),
    processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(cgroupOf).filter(mine),
  };
}

/** The answer of `leftovers` where everything is gone. */
export const nothing = { namespaces: [], links: [], mounts: [], cgroups: [], processes: [] };

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function cgroupOf(pid: string): string {
  try {
    // A process whose cgroup is gone has ended and only waits to be collected.
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n').filter((line) => !line.endsWith('(deleted)')).join('\n');
  } catch {
    return '';
  }
}
