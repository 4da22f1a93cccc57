import type { LimitRange, LimitRangeItem, Pod } from '@keelson/api/core/v1';
import { maximum, minimum, ratio, type Amounts } from './constraints.ts';
import { podTotals } from './pod-totals.ts';

/** Texts of everything in the pod that breaks the range. */
export function podViolations(pod: Pod, range: LimitRange): readonly string[] {
  return (range.spec?.limits ?? []).flatMap((item) => {
    if (item.type === 'Container') {
      return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) => violations(item, resources?.requests ?? {}, resources?.limits ?? {}));
    }
    return item.type === 'Pod' ? violations(item, podTotals(pod, 'requests'), podTotals(pod, 'limits')) : [];
  });
}

function violations(item: LimitRangeItem, requests: Amounts, limits: Amounts): readonly string[] {
  const each = (amounts: Amounts | undefined, check: typeof minimum) =>
    Object.keys(amounts ?? {}).sort().map((resource) => check({ type: item.type, resource, enforced: amounts![resource]! }, requests, limits));
  return [...each(item.min, minimum), ...each(item.max, maximum), ...each(item.maxLimitRequestRatio, ratio)].filter((text) => text !== undefined);
}
