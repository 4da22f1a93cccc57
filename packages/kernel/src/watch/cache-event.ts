import type { SpanContext } from '@opentelemetry/api';
import type { CachedObject } from './cached-object.ts';

/** One change as a watcher sees it. */
export interface ViewEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** For DELETED the last state, under the revision of the deletion. */
  readonly object: CachedObject;
  readonly revision: number;
  /** Span that was active at the write, while still known. */
  readonly cause: SpanContext | undefined;
  /** The watch frame, built at the first use and shared by all JSON watchers. */
  frame(): Buffer;
  /** The same in pieces, for whoever joins them with others. */
  pieces(): readonly Buffer[];
}

const heads = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
};
const tail = Buffer.from('}\n');

/** A change of the resource, before any selection. */
export class CacheEvent implements ViewEvent {
  #frame: Buffer | undefined;

  constructor(
    readonly type: ViewEvent['type'],
    readonly object: CachedObject,
    readonly previous: CachedObject | undefined,
    readonly revision: number,
    readonly cause: SpanContext | undefined,
  ) {}

  frame(): Buffer {
    this.#frame ??= Buffer.concat([heads[this.type], this.object.bytes, tail]);
    return this.#frame;
  }

  /** What {@link frame} is joined of; nothing is kept. */
  pieces(): readonly Buffer[] {
    return [heads[this.type], this.object.bytes, tail];
  }

  /** Memory that keeping the event costs: its object's bytes and, once built, the frame. */
  get size(): number {
    return this.object.bytes.length + (this.#frame?.length ?? 0) + 256;
  }
}
