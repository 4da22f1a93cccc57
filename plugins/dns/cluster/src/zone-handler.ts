import type { DnsAnswer, DnsHandler, DnsQuery, DnsRecord } from '@keelson/sdk/dns';
import type { RecordTable } from './record-table.ts';
import { labelAddress, type Zone } from './zone-names.ts';

export interface ZoneHandlerOptions {
  readonly zone: Zone;
  readonly table: RecordTable;
  /** Address of the DNS service, for the zone's own name server record. */
  readonly serverAddress: string;
  /** `10-244-1-7.default.pod.cluster.local` is answered for every address. */
  readonly podNames: boolean;
  /** Grows with each change of the table. */
  serial(): number;
  /** Told the name of each answer with records. */
  answered?(query: DnsQuery): void;
}

const specificationVersion = '1.1.0';
/** CNAMEs followed before the client has to go on by itself. */
const maxHops = 8;

/** Answers for the cluster's zone, and for the addresses of services and endpoints; leaves all other names to the next. */
export function zoneHandler({ zone, table, serverAddress, podNames, serial, answered }: ZoneHandlerOptions): DnsHandler {
  const { domain, ttl } = zone;
  const suffix = `.${domain}`;
  const podSuffix = `.pod${suffix}`;
  const server = `ns.dns${suffix}`;
  const fixed = new Map<string, readonly DnsRecord[]>([
    [domain, [{ name: domain, type: 'NS', ttl, data: server }]],
    [server, [{ name: server, type: 'A', ttl, data: serverAddress }]],
    [`dns-version${suffix}`, [{ name: `dns-version${suffix}`, type: 'TXT', ttl, data: [specificationVersion] }]],
  ]);
  let turn = 0;

  const soa = (): DnsRecord => ({
    name: domain, type: 'SOA', ttl,
    data: { mname: server, rname: `hostmaster${suffix}`, serial: serial() >>> 0, refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl },
  });
  const found = (answers: readonly DnsRecord[]): DnsAnswer => ({ rcode: 'NOERROR', answers, authoritative: true });
  const missing = (rcode: 'NOERROR' | 'NXDOMAIN'): DnsAnswer => ({ rcode, answers: [], authorities: [soa()], authoritative: true });

  /** Clients take the first address: each answer begins with another. */
  const rotated = (records: readonly DnsRecord[]): readonly DnsRecord[] => {
    if (records.length < 2) return records;
    const start = turn++ % records.length;
    return start === 0 ? records : [...records.slice(start), ...records.slice(0, start)];
  };

  function ofName(name: string, type: DnsQuery['type']): readonly DnsRecord[] | undefined {
    const own = fixed.get(name);
    if (own !== undefined) return own.filter((record) => type === 'ANY' || record.type === type);
    const types = table.find(name);
    if (types === undefined) return undefined;
    if (type === 'ANY') return [...types.values()].flat();
    return rotated(types.get(type) ?? types.get('CNAME') ?? []);
  }

  /** Follows a CNAME in the answer, in the zone or beyond it. */
  function follow(query: DnsQuery, records: readonly DnsRecord[], next: (query: DnsQuery) => DnsAnswer | Promise<DnsAnswer>, hops: number): DnsAnswer | Promise<DnsAnswer> {
    const last = records[records.length - 1]!;
    if (last.type !== 'CNAME' || query.type === 'CNAME' || query.type === 'ANY' || hops === maxHops) return found(records);
    const target = last.data as string;
    if (target === domain || target.endsWith(suffix)) {
      const more = ofName(target, query.type);
      return more === undefined || more.length === 0 ? found(records) : follow(query, [...records, ...more], next, hops + 1);
    }
    const join = (rest: DnsAnswer): DnsAnswer => (rest.rcode === 'NOERROR' ? { ...found([...records, ...rest.answers]), authoritative: false } : found(records));
    const beyond = next({ ...query, name: target });
    return beyond instanceof Promise ? beyond.then(join, () => found(records)) : join(beyond);
  }

  return {
    name: 'cluster',
    handle(query, next) {
      const { name, type } = query;
      const inZone = name === domain || name.endsWith(suffix);
      if (!inZone && !name.endsWith('.arpa')) return next(query);
      if (type === 'SOA' && name === domain) return found([soa()]);
      const records = ofName(name, type);
      if (records !== undefined && records.length > 0) {
        answered?.(query);
        return follow(query, records, next, 0);
      }
      // Reverse names of addresses that are not the cluster's are somebody else's.
      if (!inZone) return records === undefined ? next(query) : missing('NOERROR');
      if (records !== undefined || table.exists(name)) return missing('NOERROR');
      if (podNames && name.endsWith(podSuffix)) return podAnswer(name, type);
      return missing('NXDOMAIN');
    },
  };

  function podAnswer(name: string, type: DnsQuery['type']): DnsAnswer {
    const labels = name.slice(0, -podSuffix.length).split('.');
    if (labels.length === 1) return missing('NOERROR');
    const address = labels.length === 2 ? labelAddress(labels[0]!) : undefined;
    if (address === undefined) return missing('NXDOMAIN');
    const family = address.includes(':') ? 'AAAA' : 'A';
    return type === family || type === 'ANY' ? found([{ name, type: family, ttl, data: address }]) : missing('NOERROR');
  }
}
