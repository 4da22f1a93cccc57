import type { DnsRcode, DnsRecordType } from '@keelson/sdk/dns';

const numbers: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 };
const names = new Map<number, DnsRecordType>(Object.entries(numbers).map(([name, number]) => [number, name as DnsRecordType]));

/** EDNS(0), RFC 6891. */
export const optType = 41;
/** The only class that is served. */
export const internetClass = 1;

/** `TYPE257` for types without a name here (RFC 3597). */
export function typeName(number: number): DnsRecordType {
  return names.get(number) ?? `TYPE${number}`;
}

/** Number of a type on the wire. */
export function typeNumber(type: DnsRecordType): number {
  return numbers[type] ?? Number(type.slice(4));
}

const rcodes: readonly DnsRcode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

export function rcodeNumber(rcode: DnsRcode): number {
  return rcodes.indexOf(rcode);
}

/** Codes without a name here count as a failure of the server. */
export function rcodeName(number: number): DnsRcode {
  return rcodes[number] ?? 'SERVFAIL';
}
