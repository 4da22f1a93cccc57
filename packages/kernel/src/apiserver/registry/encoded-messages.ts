import { encodeMessage } from '@keelson/api/protobuf';
import type { CachedObject } from '../../watch/index.ts';

/** Keeps the protobuf form of stored objects, one per revision, the least recently used ones within a budget of bytes. */
export class EncodedMessages {
  /** In order of use; a `CachedObject` is one revision of one object. */
  readonly #messages = new Map<CachedObject, Uint8Array>();
  #size = 0;

  constructor(private readonly maxBytes = 16 * 1024 * 1024) {}

  /** Bytes of the messages kept. */
  get size(): number {
    return this.#size;
  }

  /** The message of an object in the kind that it is stored in. */
  of(cached: CachedObject): Uint8Array {
    let message = this.#messages.get(cached);
    if (message === undefined) {
      message = encodeMessage(cached.object).slice(); // without the slack of the buffer it was written in
      this.#size += message.length;
    } else {
      this.#messages.delete(cached);
    }
    this.#messages.set(cached, message);
    for (const [oldest, { length }] of this.#messages) {
      if (this.#size <= this.maxBytes || oldest === cached) break;
      this.#messages.delete(oldest);
      this.#size -= length;
    }
    return message;
  }
}
