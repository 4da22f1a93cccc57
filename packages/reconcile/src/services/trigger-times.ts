import { findCondition } from '@keelson/api';
import type { Pod, Service } from '@keelson/api/core/v1';
import { parseTime } from '@keelson/api/time';

/**
 * Tells since when what a write is about to show has been true: the earliest new change among the service and its pods.
 * That is what measures how long a change takes to reach the nodes.
 */
export class TriggerTimes {
  readonly #seen = new Map<string, { readonly uid: string; readonly pods: ReadonlyMap<string, number> }>();

  /** Milliseconds since the epoch; undefined when nothing is new since the last call for this service. */
  next(service: Service, pods: readonly Pod[]): number | undefined {
    const key = keyOf(service.metadata);
    const before = this.#seen.get(key);
    const known = before?.uid === service.metadata.uid ? before : undefined;
    const times = new Map(pods.map((pod) => [pod.metadata.name, readyChange(pod)]));
    this.#seen.set(key, { uid: service.metadata.uid, pods: times });
    const fresh = [...times].filter(([name, at]) => at > (known?.pods.get(name) ?? 0)).map(([, at]) => at);
    if (known === undefined) fresh.push(parseTime(service.metadata.creationTimestamp ?? '') ?? 0);
    return fresh.length === 0 ? undefined : fresh.reduce((earliest, at) => Math.min(earliest, at));
  }

  forget(service: { readonly namespace?: string | undefined; readonly name: string }): void {
    this.#seen.delete(keyOf(service));
  }
}

function readyChange({ metadata, status }: Pod): number {
  return parseTime(findCondition(status?.conditions, 'Ready')?.lastTransitionTime ?? metadata.creationTimestamp ?? '') ?? 0;
}

function keyOf({ namespace = '', name }: { readonly namespace?: string | undefined; readonly name: string }): string {
  return `${namespace}/${name}`;
}
