import { parseQuantity } from '@keelson/api/quantity';
import type { Pod, ResourceFieldSelector } from '@keelson/api/core/v1';

/** Value of `limits.cpu`, `requests.memory`…, in units of the divisor, rounded up; a missing limit is the node's allocatable. */
export function resourceFieldRef(
  pod: Pod,
  ownContainer: string,
  { resource, containerName, divisor }: ResourceFieldSelector,
  allocatable: Readonly<Record<string, string>>,
): string | undefined {
  const match = /^(limits|requests)\.(.+)$/.exec(resource);
  const name = containerName === undefined || containerName === '' ? ownContainer : containerName;
  const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((candidate) => candidate.name === name);
  if (match === null || container === undefined) return undefined;
  const [, kind, resourceName = ''] = match;
  const stated = kind === 'limits' ? container.resources?.limits?.[resourceName] : container.resources?.requests?.[resourceName];
  const amount = parseQuantity(stated ?? (kind === 'limits' ? allocatable[resourceName] : undefined) ?? '0').nano;
  const unit = divisor === undefined || divisor === '' || divisor === '0' ? 1_000_000_000n : parseQuantity(divisor).nano;
  return String((amount + unit - 1n) / unit);
}
