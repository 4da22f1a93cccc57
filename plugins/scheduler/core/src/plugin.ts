import { Node, Pod } from '@keelson/api/core/v1';
import { InformerFactory, eventRecorder } from '@keelson/client';
import { ApiClient, Clock, Logger, Random, Tracer, definePlugin } from '@keelson/sdk';
import { FilterPolicies, ScorePolicies } from '@keelson/sdk/scheduler';
import { buildScheduler } from './build-scheduler.ts';
import { configuration } from './configuration.ts';
import { schedulerApi } from './scheduler-api.ts';

/** The scheduler: decides by the filter and score policies that other plugins contribute. */
export default definePlugin({
  name: '@keelson/scheduler-core',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'places pods on nodes by the filter and score policies of other plugins',
  config: configuration,
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, filters: FilterPolicies, scores: ScorePolicies },
  rbac: [
    { groups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['pods/binding'], verbs: ['create'] },
    { groups: [''], resources: ['pods/status'], verbs: ['patch'] },
    { groups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ api, clock, random, log, tracer, filters, scores, config }) => {
    const informers = new InformerFactory({ client: api, clock, random, log });
    const events = eventRecorder({ api, clock, random: random.fork('events'), log, component: config.schedulerName });
    const built = buildScheduler({ api: schedulerApi(api), events, clock, random: random.fork('ties'), log, tracer, filters, scores, config });
    let synced: Promise<unknown> = Promise.resolve();
    return {
      start() {
        const nodes = informers.use(Node).informer;
        const pods = informers.use(Pod).informer;
        nodes.onChange(built.changes.node);
        // Nodes first: pods tried before would be refused once for nothing.
        synced = nodes.synced.then(() => {
          pods.onChange(built.changes.pod);
          return pods.synced;
        });
        synced.catch(() => undefined);
      },
      ready: async () => void (await synced),
      async drain() {
        informers.stop();
        await built.stop();
        await events.flush();
      },
      // A plugin that failed is stopped without being drained.
      async stop() {
        informers.stop();
        await built.stop();
      },
      failed: built.scheduler.failed,
    };
  },
});
