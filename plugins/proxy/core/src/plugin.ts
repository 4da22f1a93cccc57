import { z } from 'zod';
import { InformerFactory } from '@keelson/client';
import { ApiClient, Clock, KeelsonError, Logger, Random, Tracer, definePlugin } from '@keelson/sdk';
import { ProxyModes } from '@keelson/sdk/proxy';
import { ProxyLoop } from './proxy-loop.ts';
import { ServiceModel } from './service-model.ts';

/** The service proxy: what services mean here, and who makes it true. */
export default definePlugin({
  name: '@keelson/proxy-core',
  version: '0.1.0',
  kind: 'proxy',
  summary: 'keeps what services mean for this node and hands changes to the chosen mode',
  config: z.strictObject({
    mode: z.string().min(1).default('nftables'),
    /** Absent: no node around, no pod counts as local. */
    nodeName: z.string().min(1).optional(),
    /** Take rules out of the kernel when stopped; otherwise connections of pods go on while an agent restarts. */
    cleanup: z.boolean().default(false),
  }),
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, modes: ProxyModes },
  rbac: [
    { groups: [''], resources: ['services', 'nodes'], verbs: ['get', 'list', 'watch'] },
    { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ],
  setup: ({ api, clock, random, log, tracer, modes, config }) => {
    const informers = new InformerFactory({ client: api, clock, random, log });
    const stopping = new AbortController();
    let loop: ProxyLoop | undefined;
    let working: Promise<void> = Promise.resolve();
    async function work(): Promise<void> {
      const mode = modes.values.find(({ name }) => name === config.mode);
      if (mode === undefined) {
        const known = modes.values.map(({ name }) => name).join(', ');
        throw new KeelsonError('KEEL_PROXY_MODE', `proxy mode ${config.mode} is not there (there are: ${known === '' ? 'none' : known}): add its plugin to the distribution, or set another mode of @keelson/proxy-core`);
      }
      const early: Parameters<ProxyLoop['set']>[] = [];
      const model = new ServiceModel({
        informers, nodeName: config.nodeName ?? '',
        changed: (...change) => {
          if (loop === undefined) early.push(change);
          else loop.set(...change);
        },
      });
      const node = await model.start(stopping.signal);
      loop = new ProxyLoop({ mode, node, clock, tracer, log });
      for (const change of early) loop.set(...change);
      await loop.start();
    }
    return {
      start() {
        working = work();
        working.catch(() => undefined);
      },
      ready: () => working,
      async stop() {
        stopping.abort();
        await loop?.stop({ cleanup: config.cleanup });
        informers.stop();
      },
    };
  },
});
