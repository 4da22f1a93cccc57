import type { DnsAnswer, DnsHandler, DnsQuery } from '@keelson/sdk/dns';

/** What nobody answers for. */
const refused: DnsAnswer = Object.freeze({ rcode: 'REFUSED', answers: [] });

export type Resolve = (query: DnsQuery) => DnsAnswer | Promise<DnsAnswer>;

/** The handlers as one function, made anew when they change: a query costs one call per handler that it passes. */
export function chainOf(handlers: readonly DnsHandler[]): Resolve {
  return handlers.reduceRight<Resolve>((next, handler) => (query) => handler.handle(query, next), () => refused);
}
