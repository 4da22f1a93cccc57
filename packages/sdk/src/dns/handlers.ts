import { extensionPoint } from '../extension-point.ts';

/** Types that handlers are asked for; others arrive as `TYPE65280`. */
export type DnsRecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'ANY' | `TYPE${number}`;

/** Names of RFC 1035 and RFC 2136. */
export type DnsRcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';

export interface DnsQuery {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: DnsRecordType;
  readonly transport: 'udp' | 'tcp';
  readonly clientAddress: string;
  /** Aborts when the client's patience (5 s) is at an end or the server stops. */
  readonly signal: AbortSignal;
}

/** Addresses for A and AAAA, names for CNAME, NS and PTR. */
export type DnsRecordData =
  | string
  | readonly string[]
  | { readonly priority: number; readonly weight: number; readonly port: number; readonly target: string }
  | { readonly preference: number; readonly exchange: string }
  | {
      readonly mname: string; readonly rname: string; readonly serial: number; readonly refresh: number; readonly retry: number;
      readonly expire: number; readonly minimum: number;
    }
  | Uint8Array;

export interface DnsRecord {
  readonly name: string;
  readonly type: DnsRecordType;
  /** Seconds. */
  readonly ttl: number;
  readonly data: DnsRecordData;
}

export interface DnsAnswer {
  readonly rcode: DnsRcode;
  readonly answers: readonly DnsRecord[];
  readonly authorities?: readonly DnsRecord[];
  readonly additionals?: readonly DnsRecord[];
  /** The name is this server's own to answer for. */
  readonly authoritative?: boolean;
}

/**
 * One link of the chain: answers, or asks `next`. A handler that answers at once returns the answer itself, not a promise
 * of it: the server then writes in the same turn.
 */
export interface DnsHandler {
  readonly name: string;
  handle(query: DnsQuery, next: (query: DnsQuery) => DnsAnswer | Promise<DnsAnswer>): DnsAnswer | Promise<DnsAnswer>;
}

/** The chain of the DNS server, in the distribution's order. */
export const DnsHandlers = extensionPoint<DnsHandler>('keelson.dns.handlers', { ordered: true, deadlineMs: 10_000 });
