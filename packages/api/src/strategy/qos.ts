import type { Container, PodSpec } from '../core/v1/index.ts';
import { knownQuantity } from '../quantity/index.ts';

/** Quality of service: which pods suffer first when a node runs short. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'];

/** Upstream's rule: Guaranteed when every container limits cpu and memory and asks for as much; BestEffort when none asks. */
export function qosClassOf(spec: PodSpec): QosClass {
  // Runs before validation, so even the required list may be absent.
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const resources = spec.resources === undefined ? containers.map(({ resources }) => resources) : [spec.resources];
  if (!resources.some(asksForAny)) return 'BestEffort';
  return resources.every(isFixed) ? 'Guaranteed' : 'Burstable';
}

type Resources = Container['resources'];

function asksForAny(resources: Resources): boolean {
  return counted.some((name) => isPositive(resources?.requests?.[name]) || isPositive(resources?.limits?.[name]));
}

function isFixed(resources: Resources): boolean {
  return counted.every((name) => {
    const limit = resources?.limits?.[name];
    const request = resources?.requests?.[name] ?? limit;
    return isPositive(limit) && knownQuantity(limit as string).nano === knownQuantity(request as string).nano;
  });
}

function isPositive(amount: string | undefined): boolean {
  return amount !== undefined && knownQuantity(amount).nano > 0n;
}
