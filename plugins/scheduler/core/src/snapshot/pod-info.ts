import type { Container, Pod } from '@keelson/api/core/v1';
import { milliOf, unitsOf } from '@keelson/api/quantity';
import { objectKey } from '@keelson/api';
import type { PodInfo } from '@keelson/sdk/scheduler';

/** Upstream's stand-ins for containers without a request, so that they still spread (100 millicores, 200 MiB). */
const standIns: ReadonlyMap<string, number> = new Map([['cpu', 100], ['memory', 200 * 1024 * 1024]]);

type Amounts = Map<string, number>;

/** A resource amount in the unit of its column: millis for cpu, whole units for the rest, both rounded up. */
export function amountOf(resource: string, quantity: string): number {
  return resource === 'cpu' ? milliOf(quantity) : unitsOf(quantity);
}

/** Computes what policies need of a pod. */
export function podInfoOf(pod: Pod): PodInfo {
  return {
    pod,
    key: objectKey(pod),
    priority: pod.spec.priority ?? 0,
    requests: effectiveRequests(pod, false),
    requestsNonZero: effectiveRequests(pod, true),
  };
}

/**
 * The larger of what runs together (containers and sidecars) and the largest init stage (an init container with the
 * sidecars started before it), plus overhead; pod-level requests replace the sum where given (KEP-753, KEP-2837).
 */
function effectiveRequests(pod: Pod, withStandIns: boolean): ReadonlyMap<string, number> {
  const { spec } = pod;
  const total: Amounts = new Map();
  for (const container of spec.containers) addAll(total, requestsOf(container, withStandIns));
  if (spec.initContainers !== undefined) raiseToInitStages(total, spec.initContainers, withStandIns);
  for (const [name, quantity] of Object.entries(spec.resources?.requests ?? {})) total.set(name, amountOf(name, quantity));
  for (const [name, quantity] of Object.entries(spec.overhead ?? {})) add(total, name, amountOf(name, quantity));
  for (const [name, amount] of total) if (amount === 0) total.delete(name);
  return total;
}

function raiseToInitStages(total: Amounts, initContainers: readonly Container[], withStandIns: boolean): void {
  const sidecars: Amounts = new Map();
  const largest: Amounts = new Map();
  for (const container of initContainers) {
    const own = requestsOf(container, withStandIns);
    if (container.restartPolicy === 'Always') {
      addAll(total, own);
      addAll(sidecars, own);
      raise(largest, sidecars);
    } else {
      addAll(own, sidecars);
      raise(largest, own);
    }
  }
  raise(total, largest);
}

function requestsOf(container: Container, withStandIns: boolean): Amounts {
  const own: Amounts = new Map();
  for (const [name, quantity] of Object.entries(container.resources?.requests ?? {})) own.set(name, amountOf(name, quantity));
  if (withStandIns) for (const [name, amount] of standIns) if (!own.has(name)) own.set(name, amount);
  return own;
}

function add(into: Amounts, name: string, amount: number): void {
  into.set(name, (into.get(name) ?? 0) + amount);
}

function addAll(into: Amounts, from: ReadonlyMap<string, number>): void {
  for (const [name, amount] of from) add(into, name, amount);
}

function raise(into: Amounts, from: ReadonlyMap<string, number>): void {
  for (const [name, amount] of from) if (amount > (into.get(name) ?? 0)) into.set(name, amount);
}
