import type { Entry, StoreEvent, StoreOptions } from '../contract.ts';
import type { KeyBounds } from './protocol/requests.ts';
import type { KeyValue, WatchEvent } from './protocol/responses.ts';

const nul = '\0';

/** Translates between the contract's keys and entries and etcd's. */
export class Wire {
  readonly #stamp: StoreOptions['stamp'];

  constructor(
    /** Stands before every key in etcd; empty if etcd is ours alone. */
    private readonly prefix: string,
    stamp: StoreOptions['stamp'],
  ) {
    this.#stamp = stamp;
  }

  key(key: string): string {
    return this.prefix + key;
  }

  range(start: string, end: string): Required<KeyBounds> {
    // etcd takes no empty key; the smallest other one is as good.
    return { key: this.prefix + start || nul, end: this.prefix + end };
  }

  /** Everything that belongs to the store. */
  everything(): Required<KeyBounds> {
    // An end of one NUL means "to the very end" in etcd.
    return this.prefix === '' ? { key: nul, end: nul } : this.range('', '\u{10ffff}');
  }

  entry(kv: KeyValue): Entry {
    const value = owned(kv.value);
    this.#stamp?.(value, kv.modRevision);
    const entry = { key: this.#local(kv.key), value, createRevision: kv.createRevision, modRevision: kv.modRevision, version: kv.version };
    return kv.lease === '0' ? entry : { ...entry, lease: kv.lease };
  }

  optional(kv: KeyValue | undefined): Entry | undefined {
    return kv === undefined ? undefined : this.entry(kv);
  }

  /** `written`: what a transaction of ours wrote or deleted at that revision, in its order, if we know it. */
  event({ type, kv, previous }: WatchEvent, written: readonly (Entry | undefined)[] | undefined): StoreEvent {
    const key = this.#local(kv.key);
    // The writer's entry is the same, and its bytes are in memory already.
    const own = written?.find((entry) => entry?.key === key);
    if (type === 'delete') return { type, key, modRevision: kv.modRevision, previous: own ?? this.optional(previous) };
    return { type, entry: own ?? this.entry(kv), previous: this.optional(previous) };
  }

  #local(key: string): string {
    return this.prefix === '' ? key : key.slice(this.prefix.length);
  }
}

/** A view stays one only if it is most of what it keeps in memory; entries may live long. */
function owned(view: Buffer): Buffer {
  if (view.length * 2 >= view.buffer.byteLength) return view;
  const copy = Buffer.allocUnsafeSlow(view.length);
  view.copy(copy);
  return copy;
}
