import type { Container, Pod } from '@keelson/api/core/v1';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '@keelson/api/quantity';
import type { Amounts } from './constraints.ts';

type Field = 'requests' | 'limits';

/**
 * What a pod needs in all: the containers that run side by side (restartable init containers among them), or the
 * hungriest init container together with those that are restarted before it. A resource counts only where every
 * container states it: a total with an unknown part is no total.
 */
export function podTotals(pod: Pod, field: Field): Amounts {
  const sidecars: Container[] = [];
  let peak: Amounts = {};
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars.push(container);
    peak = larger(peak, sum([...sidecars, ...(container.restartPolicy === 'Always' ? [] : [container])], field));
  }
  return larger(sum([...pod.spec.containers, ...sidecars], field), peak);
}

function sum(containers: readonly Container[], field: Field): Amounts {
  const lists = containers.map(({ resources }) => resources?.[field] ?? {});
  const names = Object.keys(lists[0] ?? {}).filter((name) => lists.every((list) => list[name] !== undefined));
  return Object.fromEntries(names.map((name) => [name, formatQuantity(lists.map((list) => parseQuantity(list[name]!)).reduce(addQuantities))]));
}

function larger(a: Amounts, b: Amounts): Amounts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, max(a[name], b[name])]));
}

function max(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return (a ?? b)!;
  return compareQuantities(parseQuantity(a), parseQuantity(b)) < 0 ? b : a;
}
