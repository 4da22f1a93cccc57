import type { PodInfo } from '@keelson/sdk/scheduler';
import { MaxTree } from './max-tree.ts';
import type { PolicySet } from './policy-set.ts';

/** Shapes kept with their results. */
const mostEntries = 32;
/** Shapes remembered as seen once. */
const mostSeen = 256;

/** What all nodes came to for one shape of pods, by row. */
export interface ShapeEntry {
  /** Position in the table's change log up to which this holds. */
  sequence: number;
  /** -1: the node does not fit, or there is none. */
  totals: MaxTree;
  feasible: number;
}

/** The joint shape of a pod for all policies; undefined if one of them makes no promise. */
export function shapeOf(pod: PodInfo, { filters, scores }: PolicySet): string | undefined {
  let shape = '';
  for (const policy of filters) {
    const own = policy.shape?.(pod);
    if (own === undefined) return undefined;
    shape += `${own}\n`;
  }
  for (const { policy } of scores) {
    const own = policy.shape?.(pod);
    if (own === undefined) return undefined;
    shape += `${own}\n`;
  }
  return shape;
}

/** Results by shape, for one set of policies; the shapes used longest ago leave. */
export class ShapeCache {
  readonly #entries = new Map<string, ShapeEntry>();
  readonly #seen = new Set<string>();
  #policies: PolicySet | undefined;

  get(shape: string, policies: PolicySet): ShapeEntry | undefined {
    if (this.#policies !== policies) {
      this.#entries.clear();
      this.#policies = policies;
    }
    const entry = this.#entries.get(shape);
    if (entry === undefined) return undefined;
    this.#entries.delete(shape);
    this.#entries.set(shape, entry);
    return entry;
  }

  add(shape: string): ShapeEntry {
    const entry: ShapeEntry = { sequence: -1, totals: new MaxTree(1), feasible: 0 };
    this.#entries.set(shape, entry);
    if (this.#entries.size > mostEntries) this.#entries.delete(this.#entries.keys().next().value!);
    return entry;
  }

  drop(shape: string): void {
    this.#entries.delete(shape);
  }

  /** True from the second time on: shapes of a single pod are not worth keeping. */
  seenBefore(shape: string): boolean {
    if (this.#seen.has(shape)) return true;
    this.#seen.add(shape);
    if (this.#seen.size > mostSeen) this.#seen.delete(this.#seen.values().next().value!);
    return false;
  }
}
