import type { Cancel, Clock, Logger, Random } from '@keelson/sdk';
import { CompactedError, StoreUnavailableError, type Entry, type StoreError, type Watch, type WatchBatch, type WatchRequest, type WatchSink } from '../contract.ts';
import { History } from '../engine/history.ts';
import { WatchHub } from '../engine/watch-hub.ts';
import type { EtcdClient } from './client.ts';
import { WatchStream } from './watch-stream.ts';
import type { Wire } from './wire.ts';

/** Revisions kept to start watches from without asking etcd. */
const kept = { minRevisions: 2000, minAgeMs: 0, maxRevisions: 4000, maxBytes: 32 << 20 };
/** A wider hole than this between two revisions (others write to the same etcd) is not filled but starts anew. */
const maxHole = 1000;
/** An acknowledged write must come back through the watch within this time, or its stream is taken for dead. */
const silenceMs = 5000;
/** Entries of our own transactions kept until their events arrive, in transactions. */
const maxAwaited = 4096;

export interface EtcdWatchesSettings {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly wire: Wire;
  readonly logger: Pick<Logger, 'warn'> | undefined;
  /** Newest revision known. */
  readonly revision: () => number;
  /** Called for what a watch learns. */
  readonly seen: (revision: number) => void;
  readonly compactedAt: (revision: number) => void;
}

/**
 * All watches of the driver. One stream watches everything and a hub hands it out, so that a hundred watches cost
 * etcd one, and each hears of progress whenever anything happens anywhere. A watch that starts before what the hub
 * remembers gets a stream of its own.
 */
export class EtcdWatches {
  #history: History;
  readonly #hub: WatchHub;
  #stream: WatchStream | undefined;
  #check: Cancel | undefined;
  readonly #own = new Set<OwnWatch>();
  /** What our transactions wrote, by revision: its events need not be read a second time. */
  readonly #awaited = new Map<number, readonly (Entry | undefined)[]>();

  constructor(private readonly settings: EtcdWatchesSettings) {
    this.#history = new History(kept, settings.clock, settings.revision());
    this.#hub = new WatchHub(
      () => this.#history,
      () => this.#history.first,
    );
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    const known = this.settings.revision();
    const from = request.fromRevision === undefined || request.fromRevision === 0 ? known + 1 : request.fromRevision;
    this.#start();
    const absolute = { ...request, fromRevision: from };
    if (from >= this.#history.first) return this.#hub.watch(absolute, sink);
    const own: OwnWatch = new OwnWatch(this.settings, absolute, sink, () => this.#own.delete(own));
    this.#own.add(own);
    return own;
  }

  /** A write of ours got this revision: the streams have to bring it. */
  expect(revision: number, entries: readonly (Entry | undefined)[]): void {
    const stream = this.#stream;
    if (stream === undefined || stream.next > revision) return;
    if (this.#awaited.size < maxAwaited) this.#awaited.set(revision, entries);
    if (this.#check !== undefined) return;
    this.#check = this.settings.clock.after(silenceMs, () => {
      this.#check = undefined;
      if (this.#stream === stream && stream.next <= revision) stream.restart(`revision ${revision} did not arrive within ${silenceMs} ms`);
    });
  }

  async close(error: StoreError): Promise<void> {
    this.#check?.cancel();
    this.#stream?.stop();
    for (const own of this.#own) own.end(error);
    await this.#hub.close(error);
  }

  #start(): void {
    if (this.#stream !== undefined) return;
    const { client, clock, random, wire, logger } = this.settings;
    this.#history = new History(kept, clock, this.settings.revision());
    this.#stream = new WatchStream({
      client,
      clock,
      random,
      wire,
      range: wire.everything(),
      written: (revision) => this.#awaited.get(revision),
      from: this.#history.last + 1,
      batch: (batch) => this.#publish(batch),
      progress: (revision) => this.#fill(revision),
      compacted: (next, compactedAt) => this.#lost(next, compactedAt),
      broken: (error) => logger?.warn(`the watch of etcd broke and is opened again: ${error.message}`),
    });
  }

  #publish(batch: WatchBatch): void {
    this.#fill(batch.revision - 1);
    this.#history.append(batch);
    this.#awaited.delete(batch.revision);
    this.settings.seen(batch.revision);
    this.#hub.publish(batch);
    this.#trim();
  }

  /** Revisions in which nothing of ours happened are empty batches, so that each revision has its place. */
  #fill(revision: number): void {
    const hole = revision - this.#history.last;
    if (hole <= 0) return;
    if (hole > maxHole) this.#history = new History(kept, this.settings.clock, revision);
    else for (let r = this.#history.last + 1; r <= revision; r++) this.#history.append({ revision: r, events: [] });
    this.settings.seen(revision);
    this.#hub.progress();
    this.#trim();
  }

  #trim(): void {
    if (this.#history.atChunkEnd) this.#history.drop(this.#history.wanted(0));
  }

  /** etcd forgot revisions while we were away: nobody can be told what happened in them. */
  #lost(next: number, compactedAt: number): void {
    this.#stream = undefined;
    this.#awaited.clear();
    this.settings.compactedAt(compactedAt);
    void this.#hub.close(new CompactedError(next, compactedAt + 1));
  }
}

/** A watch with a stream of its own. */
class OwnWatch implements Watch {
  readonly #stream: WatchStream;
  readonly #sink: WatchSink;
  #done = false;

  constructor(
    { client, clock, random, wire, seen, compactedAt }: EtcdWatchesSettings,
    request: WatchRequest & { readonly fromRevision: number },
    sink: WatchSink,
    private readonly gone: () => void,
  ) {
    this.#sink = sink;
    this.#stream = new WatchStream({
      client,
      clock,
      random,
      wire,
      range: wire.range(request.start, request.end),
      from: request.fromRevision,
      batch: (batch) => {
        seen(batch.revision);
        this.#tell(() => {
          sink.batch(batch);
          if (!this.#done) sink.progress?.(batch.revision);
        });
      },
      progress: (revision) => this.#tell(() => sink.progress?.(revision)),
      compacted: (next, at) => {
        compactedAt(at);
        this.end(new CompactedError(next, at + 1));
      },
      broken: () => undefined,
    });
  }

  cancel(): void {
    this.#done = true;
    this.#stream.stop();
    this.gone();
  }

  end(error: StoreError): void {
    if (this.#done) return;
    this.cancel();
    this.#sink.end(error);
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (cause) {
      this.end(new StoreUnavailableError('the watch was closed because its own sink threw', { cause }));
    }
  }
}
