import { z } from 'zod';
import { ApiClient, Clock, Logger, Random, Tracer, definePlugin } from '@keelson/sdk';
import { DnsHandlers } from '@keelson/sdk/dns';
import { InformerFactory } from '@keelson/client';
import { FirstAnswers } from './first-answers.ts';
import { RecordTable } from './record-table.ts';
import { zoneHandler } from './zone-handler.ts';
import { ZoneSource } from './zone-source.ts';

/** Names of services and pods. */
export default definePlugin({
  name: '@keelson/dns-cluster',
  version: '0.1.0',
  kind: 'dns',
  summary: 'answers for services and pods of the cluster',
  config: z.strictObject({
    domain: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'expected a domain in lower case without a dot at the end').default('cluster.local'),
    ttl: z.int().min(0).max(3600).default(5),
    serverAddress: z.string().default('10.96.0.10'),
    podNames: z.boolean().default(true),
  }),
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer },
  rbac: [
    { groups: [''], resources: ['services'], verbs: ['list', 'watch'] },
    { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ],
  setup: ({ api, clock, random, log, tracer, config }) => {
    const zone = { domain: config.domain, ttl: config.ttl };
    const table = new RecordTable();
    const firstAnswers = new FirstAnswers(clock, tracer);
    const informers = new InformerFactory({ client: api, clock, random, log });
    const source = new ZoneSource({ informers, clock, tracer, zone, table, firstAnswers });
    let loaded: Promise<void> = Promise.resolve();
    return {
      provides: [
        DnsHandlers.with(zoneHandler({
          zone, table, serverAddress: config.serverAddress, podNames: config.podNames,
          serial: () => source.serial,
          answered: (query) => firstAnswers.answered(query),
        })),
      ],
      start() {
        loaded = source.start();
        loaded.catch(() => undefined);
      },
      ready: () => loaded,
      stop: () => informers.stop(),
    };
  },
});
