import type { DnsRecord, DnsRecordType } from '@keelson/sdk/dns';

/** Records of one name. */
export type RecordsByType = ReadonlyMap<DnsRecordType, readonly DnsRecord[]>;

/**
 * All records of the zone by name, each belonging to the service that it is from: a change of a service touches its own
 * names only. Names above others exist as well, without records (RFC 8020).
 */
export class RecordTable {
  /** Per name and type; lists are replaced, never changed. */
  readonly #names = new Map<string, Map<DnsRecordType, readonly DnsRecord[]>>();
  readonly #owned = new Map<string, readonly DnsRecord[]>();
  /** How many names with records stand below a name. */
  readonly #below = new Map<string, number>();

  /** Undefined: the name has no records. */
  find(name: string): RecordsByType | undefined {
    return this.#names.get(name);
  }

  /** The name has records, or one below it has. */
  exists(name: string): boolean {
    return this.#names.has(name) || this.#below.has(name);
  }

  /** Names with records. */
  get size(): number {
    return this.#names.size;
  }

  /** Sets what an owner has; answers the names whose records changed. */
  replace(owner: string, records: readonly DnsRecord[]): ReadonlySet<string> {
    const before = this.#owned.get(owner) ?? [];
    const changed = new Set<string>();
    const kept = new Set(records.map(identityOf));
    const had = new Set(before.map(identityOf));
    for (const record of before) if (!kept.has(identityOf(record))) this.#remove(record, changed);
    for (const record of records) if (!had.has(identityOf(record))) this.#add(record, changed);
    if (records.length === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, [...before.filter((record) => kept.has(identityOf(record))), ...records.filter((record) => !had.has(identityOf(record)))]);
    return changed;
  }

  #add(record: DnsRecord, changed: Set<string>): void {
    let types = this.#names.get(record.name);
    if (types === undefined) {
      types = new Map();
      this.#names.set(record.name, types);
      this.#count(record.name, 1);
    }
    types.set(record.type, [...(types.get(record.type) ?? []), record]);
    changed.add(record.name);
  }

  #remove(record: DnsRecord, changed: Set<string>): void {
    const types = this.#names.get(record.name);
    const list = types?.get(record.type);
    if (types === undefined || list === undefined) return;
    // By identity: another owner may have an equal record (two services that select the same pod).
    const rest = list.filter((held) => held !== record);
    if (rest.length > 0) types.set(record.type, rest);
    else types.delete(record.type);
    if (types.size === 0) {
      this.#names.delete(record.name);
      this.#count(record.name, -1);
    }
    changed.add(record.name);
  }

  #count(name: string, by: 1 | -1): void {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const above = name.slice(dot + 1);
      const count = (this.#below.get(above) ?? 0) + by;
      if (count === 0) this.#below.delete(above);
      else this.#below.set(above, count);
    }
  }
}

function identityOf({ name, type, ttl, data }: DnsRecord): string {
  return `${name} ${type} ${ttl} ${typeof data === 'string' ? data : JSON.stringify(data)}`;
}
