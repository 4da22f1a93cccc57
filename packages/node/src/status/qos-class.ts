import { compareQuantities, parseQuantity } from '@keelson/api/quantity';
import type { Pod, ResourceRequirements } from '@keelson/api/core/v1';

/** Upstream's QoS class: Guaranteed if every container limits cpu and memory and requests the same, BestEffort if none says anything. */
export function qosClass({ spec }: Pick<Pod, 'spec'>): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all: readonly (ResourceRequirements | undefined)[] =
    spec.resources === undefined ? [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources) : [spec.resources];
  const counts = (amounts: Record<string, string> | undefined): boolean =>
    ['cpu', 'memory'].some((name) => amounts?.[name] !== undefined && parseQuantity(amounts[name]).nano > 0n);
  if (!all.some((resources) => counts(resources?.requests) || counts(resources?.limits))) return 'BestEffort';
  const guaranteed = all.every((resources) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      const request = resources?.requests?.[name] ?? limit;
      return limit !== undefined && request !== undefined && compareQuantities(parseQuantity(limit), parseQuantity(request)) === 0;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
