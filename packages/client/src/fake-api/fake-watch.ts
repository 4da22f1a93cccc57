import type { KubeObject } from '@keelson/api';
import { StatusError, type Cancel, type Clock, type WatchEvent, type WatchHandler } from '@keelson/sdk';
import { initialEventsEnd } from '../informer/watch-failure.ts';
import type { FakeChange, FakeStore } from './fake-store.ts';

/** Fate of one watch event: delivered, delivered twice, swapped with the next one, or lost together with the connection. */
export type Delivery = 'deliver' | 'duplicate' | 'swap' | 'cut';

/** The API that a fake watch belongs to. */
export interface FakeWatchHost {
  readonly store: FakeStore;
  readonly clock: Clock;
  readonly faults: { deliver?(): Delivery; noStreaming?: boolean };
}

/** What a fake watch is made of. */
export interface FakeWatchOptions {
  readonly api: FakeWatchHost;
  readonly handler: WatchHandler<KubeObject>;
  readonly resource: string;
  readonly selects: (object: KubeObject) => boolean;
  readonly from: string | undefined;
  readonly initial: boolean;
  closed(): void;
}

/** One watch of the fake: events arrive one per microtask turn, in order unless a fault says otherwise. */
export class FakeWatch {
  readonly #queue: (WatchEvent<KubeObject> | { readonly end: Error | undefined })[] = [];
  #held: WatchEvent<KubeObject> | undefined;
  #late: Cancel | undefined;
  #unlisten: () => void = () => undefined;
  #running = false;
  #frozen = false;
  #done = false;

  constructor(private readonly options: FakeWatchOptions) {}

  start(): void {
    const { api, from, initial, resource, selects } = this.options;
    const { store } = api;
    if (initial && api.faults.noStreaming) return this.end(new StatusError('Invalid', 'sendInitialEvents is forbidden for watch'));
    if (!initial && Number(from ?? 0) > 0 && Number(from) < store.compacted) {
      return this.end(new StatusError('Expired', `The resourceVersion for the provided watch is too old.`));
    }
    this.#unlisten = store.onCommit((change) => this.#changed(change));
    if (Number(from ?? 0) > 0) {
      for (const change of store.log) if (change.revision > Number(from)) this.#changed(change);
      return;
    }
    for (const object of store.list(resource).filter(selects)) this.#push({ type: 'ADDED', object, resourceVersion: object.metadata.resourceVersion });
    if (initial) this.bookmark(true);
  }

  /** Tells how far this watch has come. */
  bookmark(initialEnd = false): void {
    const resourceVersion = String(this.options.api.store.revision);
    const annotations = initialEnd ? { annotations: { [initialEventsEnd]: 'true' } } : {};
    this.#push({ type: 'BOOKMARK', resourceVersion, object: { apiVersion: 'v1', kind: 'Bookmark', metadata: { resourceVersion, ...annotations } as unknown as KubeObject['metadata'] } });
  }

  end(error?: Error): void {
    this.#unlisten();
    this.#queue.push({ end: error });
    this.#run();
  }

  freeze(): void {
    this.#frozen = true;
  }

  stop(): void {
    this.#done = true;
    this.#late?.cancel();
    this.#unlisten();
    this.options.closed();
  }

  #changed(change: FakeChange): void {
    if (change.resource !== this.options.resource) return;
    const { selects } = this.options;
    const before = change.previous !== undefined && selects(change.previous);
    const now = change.type !== 'DELETED' && selects(change.object);
    if (!before && !now) return;
    const type = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED';
    this.#push({ type, object: change.object, resourceVersion: String(change.revision), cause: change.cause });
  }

  #push(event: WatchEvent<KubeObject>): void {
    this.#queue.push(event);
    this.#run();
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => {
      this.#running = false;
      const next = this.#queue.shift();
      if (next === undefined || this.#done || this.#frozen) return;
      if ('end' in next) this.#finish(next.end);
      else this.#deliver(next);
      if (this.#queue.length > 0) this.#run();
    });
  }

  #deliver(event: WatchEvent<KubeObject>): void {
    const { handler, api } = this.options;
    const fate = event.type === 'BOOKMARK' ? 'deliver' : (api.faults.deliver?.() ?? 'deliver');
    if (fate === 'cut') return this.#finish(new Error('connection reset'));
    if (fate === 'swap' && this.#held === undefined) {
      this.#held = event;
      // Without a next event it is only late.
      this.#late = api.clock.after(100, () => this.#release());
      return;
    }
    handler.event(event);
    if (fate === 'duplicate') handler.event(event);
    this.#release();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#late?.cancel();
    if (held !== undefined && !this.#done && !this.#frozen) this.options.handler.event(held);
  }

  #finish(error: Error | undefined): void {
    if (this.#done) return;
    this.stop();
    this.options.handler.end(error);
  }
}
