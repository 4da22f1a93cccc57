import type { SpanContext } from '@opentelemetry/api';
import { z } from 'zod';
import { IngressClass, type Ingress } from '@keelson/api/networking/v1';
import { InformerFactory, newObject } from '@keelson/client';
import { ApiClient, Clock, Logger, Random, Tracer, definePlugin, isStatus } from '@keelson/sdk';
import { IngressProxies, type IngressProxy } from '@keelson/sdk/ingress';
import { runCausedBy } from '@keelson/telemetry';
import { IngressSource } from './ingress-source.ts';
import { IngressStatus } from './ingress-status.ts';
import { ProxyFeed } from './proxy-feed.ts';
import { RoutingTable } from './routing-table.ts';

const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';

/** What ingresses mean, for whoever serves them. */
export default definePlugin({
  name: '@keelson/ingress-core',
  version: '0.1.0',
  kind: 'ingress',
  summary: 'keeps what ingresses mean and hands changes to the proxies that serve them',
  config: z.strictObject({
    /** Make an IngressClass for each proxy that has none. */
    createClasses: z.boolean().default(true),
    /** Class that ingresses without one get; '': none. */
    defaultClass: z.string().default('built-in'),
    writeStatus: z.boolean().default(true),
  }),
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, proxies: IngressProxies },
  rbac: [
    { groups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get', 'list', 'watch'] },
    { groups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list', 'watch', 'create'] },
    { groups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
    { groups: [''], resources: ['services', 'nodes'], verbs: ['list', 'watch'] },
    { groups: [''], resources: ['secrets'], verbs: ['list', 'watch'] },
    { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ],
  setup: ({ api, clock, random, log, tracer, proxies, config }) => {
    const informers = new InformerFactory({ client: api, clock, random, log });
    const status = new IngressStatus(api, informers, log);
    let feeds: readonly ProxyFeed[] = [];
    const writeStatus = (ingress: Ingress, feed: ProxyFeed, cause?: SpanContext): void => {
      if (!config.writeStatus) return;
      const ref = { name: ingress.metadata.name, namespace: ingress.metadata.namespace };
      const own = feed.proxy.addresses();
      const isIts = feed.table.has(`${ref.namespace}/${ref.name}`);
      void runCausedBy(cause, () => (isIts ? status.write(ref, own) : status.write(ref, [], own)));
    };
    const source = new IngressSource({ informers, feeds: () => feeds, routed: writeStatus });
    async function work(): Promise<void> {
      feeds = proxies.values.map((proxy) => new ProxyFeed({ proxy, table: new RoutingTable(source.backends, source.certificate), clock, tracer, log }));
      if (config.createClasses) await Promise.all(proxies.values.map((proxy) => makeClass(api, proxy, proxy.name === config.defaultClass)));
      if (config.writeStatus) await status.start(() => { for (const feed of feeds) for (const ingress of feed.table.ingresses) writeStatus(ingress, feed); });
      await source.start();
      // A proxy without any ingress answers as well: 404.
      for (const feed of feeds) feed.changed('start', undefined);
      await Promise.all(feeds.map((feed) => feed.settled()));
    }
    let working: Promise<void> = Promise.resolve();
    return {
      start() {
        working = work();
        working.catch(() => undefined);
      },
      ready: () => working,
      async stop() {
        await Promise.all(feeds.map((feed) => feed.stop()));
        informers.stop();
      },
    };
  },
});

async function makeClass(api: ApiClient, { name, controller }: IngressProxy, isDefault: boolean): Promise<void> {
  try {
    await api.create(newObject(IngressClass, { metadata: { name, ...(isDefault ? { annotations: { [defaultClassAnnotation]: 'true' } } : {}) }, spec: { controller } }));
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
}
