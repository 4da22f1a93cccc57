import { context } from '@opentelemetry/api';
import { Event } from '@keelson/api/core/v1';
import type { KubeObject } from '@keelson/api';
import { isStatus, type ApiClient, type Clock, type Logger, type Random } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import { formatTime } from '@keelson/api/time';
import { newObject } from '../new-object.ts';
import { BoundedMap } from './bounded-map.ts';
import { EventAggregator } from './event-aggregator.ts';
import { EventTicks } from './event-ticks.ts';
import { SpamFilter } from './spam-filter.ts';

/** What a recorder needs. */
export interface EventRecorderOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** `source.component`, as `kubectl describe` shows it under FROM (`deployment-controller`). */
  readonly component: string;
}

/** A recorder whose unwritten events can be waited for. */
export interface FlushableEventRecorder extends EventRecorder {
  /** Resolves when everything recorded so far was written or given up. */
  flush(): Promise<void>;
}

interface Stored {
  readonly namespace: string;
  readonly name: string;
  readonly first: string;
  count: number;
  /** A write of this event waits in the queue; it will take the counts that come until then along. */
  queued: boolean;
}

const queueLimit = 1000;
const tries = 3;

/** Writes core/v1 Events in the background, in order: counted up when equal, combined when similar, limited per object. */
export function eventRecorder(options: EventRecorderOptions): FlushableEventRecorder {
  return new ApiEventRecorder(options);
}

class ApiEventRecorder implements FlushableEventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #aggregator: EventAggregator;
  readonly #filter: SpamFilter;
  readonly #stored = new BoundedMap<string, Stored>(4096);
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;
  readonly #ticks: EventTicks;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#aggregator = new EventAggregator(options.clock);
    this.#filter = new SpamFilter(options.clock);
    this.#ticks = EventTicks.of(options.clock);
  }

  flush(): Promise<void> {
    return this.#queue;
  }

  record(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { log, component, clock } = this.#options;
    const { name, namespace, uid } = about.metadata;
    const object = `${component} ${about.apiVersion} ${about.kind} ${namespace ?? ''}/${name} ${uid}`;
    if (!this.#filter.allow(object)) return log.debug('event left out, too many about this object', { object: name, reason });
    if (this.#queued >= queueLimit) return log.warn('event left out, too many wait to be written', { object: name, reason });
    const folded = this.#aggregator.fold(`${object} ${type} ${reason}`, message);
    const now = clock.now();
    const known = this.#stored.get(folded.key);
    if (known !== undefined) {
      known.count += 1;
      this.#stored.set(folded.key, known);
      if (!known.queued) this.#enqueue(known, () => this.#countUp(known, about, type, reason, folded.message));
      return;
    }
    const stored: Stored = { namespace: namespace ?? 'default', name: this.#name(name), first: formatTime(now), count: 1, queued: false };
    this.#stored.set(folded.key, stored);
    this.#enqueue(stored, () => this.#create(stored, about, type, reason, folded.message));
  }

  /** Upstream's name: the object's, and the time in hexadecimal nanoseconds. */
  #name(object: string): string {
    return `${object}.${this.#ticks.next(this.#options.random).toString(16)}`;
  }

  #enqueue(stored: Stored, write: () => Promise<unknown>): void {
    stored.queued = true;
    this.#queued += 1;
    const cause = context.active();
    this.#queue = this.#queue.then(async () => {
      stored.queued = false;
      try {
        await this.#retry(() => context.with(cause, write));
      } catch (error) {
        this.#options.log.debug('event could not be written', { event: stored.name, error: (error as Error).message });
      } finally {
        this.#queued -= 1;
      }
    });
  }

  /** The server's answer counts; only what never reached it is tried again. */
  async #retry(write: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await write();
        return;
      } catch (error) {
        if ('toStatus' in (error as object) || attempt === tries) throw error;
        await this.#options.clock.sleep(1000 * attempt);
      }
    }
  }

  async #create(stored: Stored, about: KubeObject, type: string, reason: string, message: string): Promise<void> {
    const { api, component, clock } = this.#options;
    const { name, namespace, uid, resourceVersion } = about.metadata;
    await api.create(newObject(Event, {
      metadata: { name: stored.name, namespace: stored.namespace },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, uid, resourceVersion, ...(namespace ? { namespace } : {}) },
      type, reason, message,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      firstTimestamp: stored.first,
      lastTimestamp: formatTime(clock.now()),
      count: stored.count,
    }));
  }

  async #countUp(stored: Stored, about: KubeObject, type: string, reason: string, message: string): Promise<void> {
    const { api, clock } = this.#options;
    const body = { count: stored.count, lastTimestamp: formatTime(clock.now()), message };
    try {
      await api.patch(Event, stored, { type: 'strategic', body });
    } catch (error) {
      // Events live an hour: the one that was counted may be gone.
      if (!isStatus(error, 'NotFound')) throw error;
      await this.#create(stored, about, type, reason, message);
    }
  }
}
