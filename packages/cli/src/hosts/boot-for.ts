import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BootOptions } from '@keelson/distro/boot';
import { hostPrograms, missingHostParts, missingText } from '../doctor/host-parts.ts';
import type { Machine } from '../doctor/machine.ts';
import { CliError } from '../errors.ts';
import type { BootedCluster } from '../seams.ts';
import type { UpSettings } from '../commands/up-options.ts';
import type { World } from '../world.ts';

/** The way to boot what the flags ask for. Throws KEEL_HOSTS_MISSING with everything that hosts need and the machine lacks. */
export async function bootFor(world: World, settings: UpSettings, machine: Machine | undefined): Promise<(options: Omit<BootOptions, 'runtime'>) => Promise<BootedCluster>> {
  const { hosts, cni, proxy, ingress, hostsNetwork, runtime } = settings;
  if (hosts === 0 || machine === undefined) {
    const boot = await world.parts.loadBoot();
    return (options) => boot({ ...options, ...(runtime === 'cri' ? {} : { runtime }) });
  }
  const missing = await missingHostParts(machine, runtime === 'cri');
  if (missing.length > 0) throw new CliError('KEEL_HOSTS_MISSING', missingText(missing));
  const images = runtime === 'cri' ? imagesOf(world) : [];
  const { boot, bootWithHosts } = await world.parts.loadHostedBoot();
  const hosted = { hosts, hostRuntime: runtime, cni, proxy, ingress, hostsNetwork };
  return (options) => bootWithHosts(boot, { ...options, ...hosted }, { programs: hostPrograms(machine), images, self: lean(world.program) });
}

/** An agent lives long and does little: a small space for new objects keeps it a sixth smaller, and costs it nothing that shows. */
function lean([node = '', ...rest]: readonly string[]): readonly string[] {
  return [node, '--max-semi-space-size=1', ...rest];
}

/** Every host gets them; without the one of sandboxes no pod starts. */
function imagesOf({ images }: World): readonly string[] {
  const files = images === undefined ? [] : readdirSync(images).filter((name) => name.endsWith('.tar'));
  if (!files.includes('pause.tar')) throw new CliError('KEEL_HOSTS_MISSING', `the image of sandboxes is missing${images === undefined ? '' : ` in ${images}`}: build it with "node tools/images/build.mjs" in a checkout of keelson`);
  return files.map((name) => join(images!, name));
}
