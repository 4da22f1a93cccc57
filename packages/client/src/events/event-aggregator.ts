import type { Clock } from '@keelson/sdk';
import { BoundedMap } from './bounded-map.ts';

/** Identity of a stored event: what equal occurrences are counted under. */
export interface AggregatedEvent {
  readonly key: string;
  readonly message: string;
}

const distinctMessages = 10;
const windowMs = 600_000;

/**
 * Folds events that differ in their message only: from the tenth distinct message on, within ten minutes, they are
 * counted under one event, so that a thousand created pods do not leave a thousand events.
 */
export class EventAggregator {
  readonly #groups = new BoundedMap<string, { messages: Set<string>; last: number }>(4096);

  constructor(private readonly clock: Clock) {}

  /** `group` names everything of the event but its message. */
  fold(group: string, message: string): AggregatedEvent {
    const now = this.clock.monotonic();
    const known = this.#groups.get(group);
    const fresh = known === undefined || now - known.last > windowMs;
    const record = fresh ? { messages: new Set<string>(), last: now } : known;
    record.last = now;
    this.#groups.set(group, record);
    if (record.messages.size < distinctMessages) record.messages.add(message);
    if (record.messages.size < distinctMessages) return { key: `${group} ${message}`, message };
    return { key: group, message: `(combined from similar events): ${message}` };
  }
}
