import type { PodInfo, ResourceColumn } from '@keelson/sdk/scheduler';
import { grown } from './grown.ts';

/** The numbers of one resource by row, kept up by adding and subtracting pods. */
export class ResourceColumns implements ResourceColumn {
  allocatable: Float64Array;
  requested: Float64Array;
  requestedNonZero: Float64Array;
  readonly #hasStandIn: boolean;

  constructor(
    readonly name: string,
    capacity: number,
  ) {
    this.allocatable = new Float64Array(capacity);
    this.requested = new Float64Array(capacity);
    this.#hasStandIn = name === 'cpu' || name === 'memory';
    this.requestedNonZero = this.#hasStandIn ? new Float64Array(capacity) : this.requested;
  }

  grow(capacity: number): void {
    this.allocatable = grown(this.allocatable, capacity);
    this.requested = grown(this.requested, capacity);
    this.requestedNonZero = this.#hasStandIn ? grown(this.requestedNonZero, capacity) : this.requested;
  }

  /** `sign` 1 adds the pod to the row, -1 takes it away. */
  count(row: number, pod: PodInfo, sign: 1 | -1): void {
    const amount = pod.requests.get(this.name);
    if (amount !== undefined) this.requested[row] = this.requested[row]! + sign * amount;
    if (!this.#hasStandIn) return;
    const nonZero = pod.requestsNonZero.get(this.name);
    if (nonZero !== undefined) this.requestedNonZero[row] = this.requestedNonZero[row]! + sign * nonZero;
  }

  clear(row: number): void {
    this.allocatable[row] = 0;
    this.requested[row] = 0;
    this.requestedNonZero[row] = 0;
  }
}
