import type { IEvent, IKeyValue } from 'etcd3';
import type { Entry, StoreEvent, StoreOptions } from '../contract.ts';

const nul = Buffer.from([0]);

/** Translates between the contract's keys and entries and etcd's bytes. */
export class Wire {
  constructor(
    /** Stands before every key in etcd; empty if etcd is ours alone. */
    private readonly prefix: string,
    private readonly stamp: StoreOptions['stamp'],
  ) {}

  key(key: string): Buffer {
    return Buffer.from(this.prefix + key);
  }

  range(start: string, end: string): { readonly key: Buffer; readonly range_end: Buffer } {
    const key = this.key(start);
    // etcd takes no empty key; the smallest other one is as good.
    return { key: key.length === 0 ? nul : key, range_end: this.key(end) };
  }

  /** Everything that belongs to the store. */
  everything(): { readonly key: Buffer; readonly range_end: Buffer } {
    // A range end of one NUL means "to the very end" in etcd.
    return this.prefix === '' ? { key: nul, range_end: nul } : this.range('', '\u{10ffff}');
  }

  entry(kv: IKeyValue): Entry {
    const modRevision = Number(kv.mod_revision);
    this.stamp?.(kv.value, modRevision);
    const entry = {
      key: kv.key.toString('utf8').slice(this.prefix.length),
      value: kv.value,
      createRevision: Number(kv.create_revision),
      modRevision,
      version: Number(kv.version),
    };
    // A string or a number, depending on whether the library found its 64-bit integers.
    const lease = String(kv.lease);
    return lease === '0' ? entry : { ...entry, lease };
  }

  /** For optional messages, which arrive as null. */
  optional(kv: IKeyValue | null | undefined): Entry | undefined {
    return kv === null || kv === undefined ? undefined : this.entry(kv);
  }

  event({ type, kv, prev_kv: before }: IEvent): StoreEvent {
    const previous = this.optional(before);
    // The type arrives in the protocol's spelling, whatever the library's typings say.
    if ((type as string).toUpperCase() === 'PUT') return { type: 'put', entry: this.entry(kv), previous };
    return { type: 'delete', key: kv.key.toString('utf8').slice(this.prefix.length), modRevision: Number(kv.mod_revision), previous };
  }
}
