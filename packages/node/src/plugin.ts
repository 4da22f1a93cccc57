import { ApiClient, Clock, Logger, Random, Tracer, definePlugin, optional } from '@keelson/sdk';
import { NodeServing } from '@keelson/sdk/auth';
import { PodNetwork } from '@keelson/sdk/cni';
import { PodExec, PodLogs, Runtimes } from '@keelson/sdk/runtime';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { agentSettings } from './agent-settings.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { podAccess } from './logs/pod-access.ts';
import { NodeAgent } from './node-agent.ts';
import { planNodes } from './node-plan.ts';
import { socketProber } from './probe/network-prober.ts';
import { AgentServer } from './server/agent-server.ts';
import { ownUsage } from './server/own-usage.ts';

/** The node agent: runs the pods of its nodes on one of the distribution's runtimes. */
export default definePlugin({
  name: '@keelson/node',
  version: '0.1.0',
  kind: 'node',
  summary: 'runs pods on nodes: registration, heartbeats, pod lifecycle over a container runtime',
  config: agentSettings,
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, runtimes: Runtimes, drivers: VolumeDrivers, podNetwork: optional(PodNetwork), serving: optional(NodeServing) },
  provides: [PodLogs, PodExec],
  rbac: [
    { groups: [''], resources: ['nodes', 'pods', 'services'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['nodes'], verbs: ['create', 'patch', 'update'] },
    { groups: [''], resources: ['nodes/status', 'pods/status'], verbs: ['patch', 'update'] },
    { groups: [''], resources: ['pods'], verbs: ['delete'] },
    { groups: [''], resources: ['pods'], verbs: ['create'] },
    { groups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['persistentvolumeclaims', 'persistentvolumes'], verbs: ['get'] },
    { groups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
    { groups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
  ],
  setup: ({ api, clock, random, log, tracer, runtimes, drivers, podNetwork, serving, config }) => {
    // A range that is too small is a mistake in the configuration: said with all others, before anything starts.
    planNodes(config);
    let agent: NodeAgent | undefined;
    let server: AgentServer | undefined;
    let working: Promise<void> = Promise.resolve();
    const access = podAccess((pod) => agent?.locate(pod));
    return {
      provides: [PodLogs.provide(access), PodExec.provide(access)],
      start() {
        const provider = chooseRuntime(config.runtime, runtimes);
        agent = new NodeAgent({ api, clock, random, log, tracer, network: socketProber, provider, drivers, podNetwork, settings: config, ownUsage: () => ownUsage(clock) });
        if (serving !== undefined) {
          const { hostIp: address } = config;
          const asked = agent;
          server = new AgentServer({ serving, address, port: config.port, logs: access, log, locate: (pod) => asked.locate(pod), pods: () => asked.pods(), usage: () => asked.usage() });
          server.start();
        }
        working = agent.start();
        working.catch(() => undefined);
      },
      ready: () => working,
      drain: () => agent?.drain(),
      async stop() {
        await server?.stop();
        await agent?.stop();
      },
    };
  },
});
