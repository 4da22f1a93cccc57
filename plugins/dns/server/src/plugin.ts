import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { ApiClient, Clock, Logger, definePlugin, live } from '@keelson/sdk';
import { DnsHandlers } from '@keelson/sdk/dns';
import { MessageAnswerer } from './answer-message.ts';
import { chainOf } from './chain.ts';
import { Listener } from './listener.ts';
import { publishEndpoint, withdrawEndpoint } from './publish-endpoint.ts';

const address = z.string().refine((text) => isIP(text) !== 0, 'expected an IP address');

/** The DNS server; what it answers is up to the handlers of the distribution. */
export default definePlugin({
  name: '@keelson/dns-server',
  version: '0.1.0',
  kind: 'dns',
  summary: 'answers DNS queries over UDP and TCP by asking a chain of handlers',
  config: z.strictObject({
    /** Port 0: any that is free. */
    listen: z.array(z.strictObject({ address, port: z.int().min(0).max(65_535) })).min(1).default([{ address: '127.0.0.1', port: 0 }]),
    /** Absent: the server is in no Service. */
    publish: z.strictObject({
      nodeName: z.string().min(1),
      /** Of this server as pods reach it; the first of `listen` when absent. */
      address: z.string().refine(isIPv4, 'expected an IPv4 address').optional(),
      namespace: z.string().default('kube-system'),
      service: z.string().default('kube-dns'),
      clusterIp: z.string().refine(isIPv4, 'expected an IPv4 address').default('10.96.0.10'),
    }).optional(),
    maxPending: z.int().positive().default(2000),
    idleTimeoutSeconds: z.number().positive().default(10),
    maxConnections: z.int().positive().default(512),
  }),
  requires: { api: ApiClient, clock: Clock, log: Logger, handlers: live(DnsHandlers) },
  rbac: [
    { groups: [''], resources: ['services'], verbs: ['get', 'create'] },
    { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'create', 'patch', 'update', 'delete'] },
    // The restriction that an address may be published only by who could bind it is by this verb.
    { groups: ['discovery.k8s.io'], resources: ['endpointslices/restricted'], verbs: ['create'] },
  ],
  setup: ({ api, clock, log, handlers, config }) => {
    const stop = new AbortController();
    let resolve = chainOf(handlers.values);
    handlers.onChange(() => {
      resolve = chainOf(handlers.values);
    });
    const answerer = new MessageAnswerer({ resolve: () => resolve, signal: stop.signal, log, maxPending: config.maxPending });
    const listeners: Listener[] = [];
    const publication = (): Parameters<typeof publishEndpoint>[1] | undefined => {
      const first = listeners[0];
      return config.publish === undefined || first === undefined ? undefined : { ...config.publish, address: config.publish.address ?? first.address, port: first.port };
    };
    return {
      async start() {
        for (const { address: host, port } of config.listen) {
          listeners.push(await Listener.open({ address: host, port, answerer, clock, log, idleTimeout: config.idleTimeoutSeconds * 1000, maxConnections: config.maxConnections }));
        }
        log.info('answering DNS', { addresses: listeners.map((listener) => `${listener.address}:${listener.port}`) });
      },
      async ready() {
        const own = publication();
        if (own !== undefined) await publishEndpoint(api, own);
      },
      async drain() {
        const own = publication();
        if (own !== undefined) await withdrawEndpoint(api, own);
      },
      async stop() {
        stop.abort();
        await Promise.all(listeners.splice(0).map((listener) => listener.close()));
      },
    };
  },
});
