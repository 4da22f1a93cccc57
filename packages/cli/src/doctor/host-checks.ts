import { join } from 'node:path';
import { placeHere } from '../cluster/places.ts';
import { runningState } from '../cluster/state-file.ts';
import { hostsOf } from '../hosts/hosts-of.ts';
import type { World } from '../world.ts';
import type { Finding } from './finding.ts';
import { missingHostParts } from './host-parts.ts';
import type { Machine } from './machine.ts';

/** Milliseconds that installing packages may take. */
const patience = 600_000;

/** What `up --hosts` needs; missing packages are installed by `--fix`, all in one go. */
export async function hostChecks(machine: Machine): Promise<readonly Finding[]> {
  const missing = await missingHostParts(machine, true);
  if (missing.length === 0) return [{ check: 'hosts', verdict: 'ok', detail: 'keelson up --hosts works here: containerd, runc, CNI binaries, nftables, namespaces, VXLAN' }];
  const packages = [...new Set(missing.flatMap((part) => part.package ?? []))];
  let installing: Promise<string> | undefined;
  const fixable = machine.isRoot && machine.findProgram('apt-get') !== undefined;
  return missing.map((part): Finding => ({
    check: `hosts: ${part.name}`, verdict: 'warn', detail: `${part.reason}; only for keelson up --hosts`, remedy: part.remedy,
    ...(part.package === undefined || !fixable ? {} : { fix: () => (installing ??= install(machine, packages)) }),
  }));
}

/** Without the image of sandboxes no pod starts on a host. */
export function hostImages({ images }: Pick<World, 'images'>, machine: Machine): readonly Finding[] {
  if (machine.platform !== 'linux' || (images !== undefined && machine.fileHolds(join(images, 'pause.tar')))) return [];
  return [{ check: 'hosts: images', verdict: 'warn', detail: 'no image for sandboxes; only for keelson up --hosts with real containers', remedy: 'run "node tools/images/build.mjs" in a checkout of keelson' }];
}

/** Hosts of a cluster here whose process was killed: their containers and agents go on. */
export async function leftHosts(world: World, machine: Machine): Promise<readonly Finding[]> {
  const place = placeHere(world, {});
  const hosts = hostsOf(place.dataDir);
  if (hosts.length === 0 || runningState(world, place) !== undefined) return [];
  const { output } = await machine.run('ip', ['netns', 'list']);
  const left = hosts.filter(({ netns }) => output.split(/\s/).includes(netns));
  if (left.length === 0) return [];
  return [{
    check: 'hosts left', verdict: 'warn', detail: `${left.length} hosts of a cluster whose process is gone still run, in ${join(place.dataDir, 'hosts')}`,
    remedy: '"keelson up --hosts N" clears them away and starts anew; "keelson doctor --fix" only clears them away',
    fix: async () => {
      const { removeHosts, systemPrograms } = await import('@keelson/hosts');
      await removeHosts(place.dataDir, { programs: systemPrograms, clock: world.clock });
      return `ended ${left.map(({ name }) => name).join(', ')}; their disks stay`;
    },
  }];
}

async function install(machine: Machine, packages: readonly string[]): Promise<string> {
  const apt = machine.findProgram('apt-get') ?? 'apt-get';
  const args = ['install', '--yes', '--no-install-recommends', ...packages];
  const first = await machine.run(apt, args, patience);
  if (first.ok) return `installed ${packages.join(', ')}`;
  await machine.run(apt, ['update'], patience);
  const second = await machine.run(apt, args, patience);
  if (second.ok) return `installed ${packages.join(', ')}`;
  throw new Error(`apt-get ${args.join(' ')} failed: ${second.output.trim().split('\n').slice(-3).join(' | ')}`);
}
