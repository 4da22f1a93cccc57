export { DnsHandlers } from './handlers.ts';
export type { DnsAnswer, DnsHandler, DnsQuery, DnsRcode, DnsRecord, DnsRecordData, DnsRecordType } from './handlers.ts';
