import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { DnsHandlers, type DnsAnswer, type DnsRecord } from '@keelson/sdk/dns';

const name = z.string().regex(/^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?)(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/, 'expected a name in lower case without a dot at the end');

/** Names from the configuration, for machines that no other server knows. */
export default definePlugin({
  name: '@keelson/dns-hosts',
  version: '0.1.0',
  kind: 'dns',
  summary: 'answers from a fixed table of names',
  config: z.strictObject({
    hosts: z.record(name, z.union([z.ipv4(), z.ipv6(), z.array(z.union([z.ipv4(), z.ipv6()])).min(1)])).default({}),
    ttl: z.int().min(0).max(86_400).default(30),
  }),
  setup: ({ config: { hosts, ttl } }) => {
    const records = new Map<string, readonly DnsRecord[]>(Object.entries(hosts).map(([host, addresses]) => [
      host,
      [addresses].flat().map((data): DnsRecord => ({ name: host, type: data.includes(':') ? 'AAAA' : 'A', ttl, data })),
    ]));
    return [
      DnsHandlers.with({
        name: 'hosts',
        handle(query, next): DnsAnswer | Promise<DnsAnswer> {
          const known = records.get(query.name);
          if (known === undefined) return next(query);
          return { rcode: 'NOERROR', answers: known.filter(({ type }) => type === query.type || query.type === 'ANY') };
        },
      }),
    ];
  },
});
