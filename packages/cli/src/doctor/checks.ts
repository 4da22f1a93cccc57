import type { World } from '../world.ts';
import type { Finding, Verdict } from './finding.ts';
import { hostChecks, hostImages, leftHosts } from './host-checks.ts';
import type { Machine } from './machine.ts';
import { findCluster } from '../cluster/find.ts';
import { placeHere } from '../cluster/places.ts';
import { readState, removeState, runningState } from '../cluster/state-file.ts';

/** Looks at the machine; each check answers for one thing and never throws. */
export async function runChecks(world: World, machine: Machine): Promise<readonly Finding[]> {
  const checks = [nodeVersion, programs, privileges, kernelFeatures, port, dataDirectory, staleState, diskSpace];
  return (await Promise.all([...checks.map((check) => check(world, machine)), hostChecks(machine), hostImages(world, machine), leftHosts(world, machine)])).flat();
}

function nodeVersion(_world: World, machine: Machine): Finding[] {
  const [major = 0, minor = 0] = machine.nodeVersion.split('.').map(Number);
  const fine = major > 20 || (major === 20 && minor >= 19);
  return [{ check: 'node', verdict: fine ? 'ok' : 'fail', detail: `v${machine.nodeVersion}`, ...(fine ? {} : { remedy: 'install Node 20.19 or newer from https://nodejs.org' }) }];
}

async function programs(world: World, machine: Machine): Promise<Finding[]> {
  const wanted = [
    { name: 'kubectl', args: ['version', '--client', '-o', 'json'], purpose: 'you need it to talk to the cluster' },
    { name: 'helm', args: ['version', '--short'], purpose: 'only for charts' },
    { name: 'etcd', args: ['--version'], purpose: 'only for --storage etcd' },
  ];
  return Promise.all(
    wanted.map(async ({ name, args, purpose }): Promise<Finding> => {
      const path = machine.findProgram(name);
      if (path === undefined) return { check: name, verdict: 'warn', detail: `not found; ${purpose}`, remedy: `install ${name}, or run tools/setup/real-parts.mjs in a checkout of keelson` };
      const answer = await machine.run(path, args);
      return { check: name, verdict: answer.ok ? 'ok' : 'warn', detail: answer.ok ? `${versionIn(answer.output)} at ${path}` : `${path} does not run: ${answer.output.split('\n')[0]}` };
    }),
  );
}

function versionIn(output: string): string {
  return /v?\d+\.\d+\.\d+/.exec(output)?.[0] ?? 'unknown version';
}

function privileges(_world: World, machine: Machine): Finding[] {
  if (machine.isRoot) return [{ check: 'root', verdict: 'ok', detail: 'running as root' }];
  return [{ check: 'root', verdict: 'warn', detail: 'not root: fine for the runtimes sim and process', remedy: 'container runtimes, CNI and kernel proxies need root' }];
}

function kernelFeatures(_world: World, machine: Machine): Finding[] {
  if (machine.platform !== 'linux') return [{ check: 'kernel', verdict: 'warn', detail: `${machine.platform}: only the runtimes sim and process`, remedy: 'use Linux for container runtimes and CNI' }];
  const features = [
    // Version 2, or the controller of version 1 that limits memory: containerd takes either.
    { name: 'cgroups', places: [{ path: '/sys/fs/cgroup/cgroup.controllers' }, { path: '/sys/fs/cgroup/memory/memory.limit_in_bytes' }] },
    { name: 'network namespaces', places: [{ path: '/proc/self/ns/net' }] },
    { name: 'overlayfs', places: [{ path: '/proc/filesystems', holds: 'overlay' }] },
  ];
  const missing = features.filter(({ places }) => !places.some(({ path, holds }: { readonly path: string; readonly holds?: string }) => machine.fileHolds(path, holds))).map(({ name }) => name);
  if (missing.length === 0) return [{ check: 'kernel', verdict: 'ok', detail: features.map((feature) => feature.name).join(', ') }];
  return [{ check: 'kernel', verdict: 'warn', detail: `without ${missing.join(', ')}`, remedy: `containers and pod networks need ${missing.join(', ')}: use a kernel that has them; the runtimes sim and process work without` }];
}

async function port(world: World, machine: Machine): Promise<Finding[]> {
  const running = findCluster(world, {}).running;
  if (running !== undefined) return [{ check: 'port', verdict: 'ok', detail: `cluster "${running.name}" serves at ${running.server}` }];
  const free = await machine.isPortFree(6443);
  return [{ check: 'port', verdict: free ? 'ok' : 'warn', detail: `6443 is ${free ? 'free' : 'taken by another program'}`, ...(free ? {} : { remedy: 'use: keelson up --api-port 0' }) }];
}

function dataDirectory(world: World, machine: Machine): Finding[] {
  const { dataDir } = placeHere(world, {});
  const state = machine.folderState(dataDir);
  if (state === 'writable') return [{ check: 'data directory', verdict: 'ok', detail: dataDir }];
  if (state === 'missing') return [{ check: 'data directory', verdict: 'ok', detail: `${dataDir} will be made by the first "keelson up"` }];
  return [{ check: 'data directory', verdict: 'fail', detail: `${dataDir} is ${state}`, remedy: 'change its owner or permissions, or choose another with --data-dir' }];
}

function staleState(world: World): Finding[] {
  const place = placeHere(world, {});
  const state = readState(place);
  if (state === undefined || runningState(world, place) !== undefined) return [];
  return [{
    check: 'last run',
    verdict: 'warn',
    detail: `cluster "${state.name}" ended without stopping (process ${state.pid})`,
    remedy: 'the data recovers at the next start; "keelson doctor --fix" forgets the dead process',
    fix: () => {
      removeState(place);
      return Promise.resolve(`forgot process ${state.pid}`);
    },
  }];
}

async function diskSpace(world: World, machine: Machine): Promise<Finding[]> {
  const free = await machine.freeBytes(world.cwd);
  if (free === undefined) return [];
  const gib = free / 2 ** 30;
  const verdict: Verdict = gib >= 1 ? 'ok' : gib >= 0.1 ? 'warn' : 'fail';
  return [{ check: 'disk', verdict, detail: `${gib.toFixed(1)} GiB free`, ...(verdict === 'ok' ? {} : { remedy: 'free at least 1 GiB, or choose another --data-dir' }) }];
}
