import { KeelsonError } from '@keelson/sdk';
import type { HostsPlan } from '../layout.ts';
import type { Programs } from '../machine/programs.ts';
import { presentOn } from './present.ts';
import { podRouteSteps, raiseSteps, removeSteps, type Step } from './steps.ts';
import { firstFree } from './subnet.ts';

/** Ranges for the hosts' network, in the order in which they are tried. */
export const usualSubnets: readonly string[] = Array.from({ length: 16 }, (_, index) => `10.99.${index}.0/24`);

/**
 * The range for a cluster's hosts: the wanted one, else the first usual one that nothing on the machine uses. What this
 * cluster itself still has from an earlier run does not count. Throws KEEL_HOSTS_NETWORK.
 */
export async function chooseSubnet(programs: Programs, wanted: string | undefined): Promise<string> {
  const { ranges } = await presentOn(programs);
  const chosen = firstFree(wanted === undefined ? usualSubnets : [wanted], ranges);
  if (chosen !== undefined) return chosen;
  const why = wanted === undefined ? `all of ${usualSubnets[0]} to ${usualSubnets.at(-1)} meet networks of this machine` : `network ${wanted} meets one of this machine (ip route show)`;
  throw new KeelsonError('KEEL_HOSTS_NETWORK', `${why}: choose another with --hosts-network`);
}

/** Upstream's usual range first. */
const usualPodRanges: readonly string[] = Array.from({ length: 11 }, (_, index) => `10.${244 + index}.0.0/16`);

/** The range for a new cluster's pods: the first usual one that nothing on the machine uses, or the first of all. */
export async function choosePodRange(programs: Programs): Promise<string> {
  const { ranges } = await presentOn(programs);
  return firstFree(usualPodRanges, ranges) ?? usualPodRanges[0]!;
}

/** Makes the hosts' network anew; what is there of the same cluster goes first. */
export async function raiseFabric(programs: Programs, plan: HostsPlan): Promise<void> {
  await removeFabric(programs, plan.id);
  try {
    for (const group of raiseSteps(plan)) await Promise.all(group.map((step) => programs.run(step)));
    const { ranges } = await presentOn(programs);
    for (const step of podRouteSteps(plan, new Set(ranges))) await programs.run(step);
  } catch (error) {
    await removeFabric(programs, plan.id);
    throw error;
  }
}

/** Removes the namespaces and devices that carry the cluster's id; nothing else. Idempotent. */
export async function removeFabric(programs: Programs, id: string): Promise<void> {
  const steps = removeSteps(id, await presentOn(programs));
  for (const step of steps) await runIfThere(programs, step);
}

/** Two who remove at the same time do not disturb each other. */
async function runIfThere(programs: Programs, step: Step): Promise<void> {
  try {
    await programs.run(step);
  } catch (error) {
    if (!/No such file|Cannot find device/.test((error as Error).message)) throw error;
  }
}
