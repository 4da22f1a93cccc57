import type { Event } from '../core/v1/index.ts';
import type { Event as NewEvent } from '../events/v1/index.ts';

/** Fields that have another name in events.k8s.io/v1: core name first. */
const renamed = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
] as const;

/** A core event as events.k8s.io/v1 shows it. */
export function eventFromCore(event: Event): NewEvent {
  return { ...rename(event, renamed), apiVersion: 'events.k8s.io/v1' } as unknown as NewEvent;
}

/** An event of events.k8s.io/v1 as it is stored. */
export function eventToCore(event: NewEvent): Event {
  return { ...rename(event, renamed.map(([core, other]) => [other, core] as const)), apiVersion: 'v1' } as unknown as Event;
}

function rename(object: object, pairs: readonly (readonly [string, string])[]): Record<string, unknown> {
  const names = new Map(pairs);
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value as unknown]));
}
