import { z } from 'zod';
import { InformerFactory } from '@keelson/client';
import { ApiClient, Clock, Logger, Random, Tracer, definePlugin, type Plugin } from '@keelson/sdk';
import { CniVariants, Ipam, NetLink } from '@keelson/sdk/cni';
import { BridgeAttachments } from './bridge-attachments.ts';
import type { Backend } from './desired-network.ts';
import { FlannelNetwork } from './flannel-network.ts';
import { HostPorts } from './host-ports.ts';

const cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'expected an IPv4 CIDR');

/** Configuration of every flannel variant. */
export const flannelConfig = z.strictObject({
  /** Absent: the plugin does nothing and adds no pod. */
  nodeName: z.string().min(1).optional(),
  clusterCidr: cidr.default('10.244.0.0/16'),
  bridge: z.string().min(1).max(15).default('cni0'),
  masquerade: z.boolean().default(true),
  vni: z.int().min(1).max(16_777_215).default(1),
  port: z.int().min(1).max(65_535).default(8472),
});

/** A flannel variant as a plugin; the three differ in how packets get to other nodes. */
export function flannelPlugin(about: { readonly name: string; readonly variant: string; readonly summary: string; readonly backend: Backend }): Plugin {
  return definePlugin({
    name: about.name,
    version: '0.1.0',
    kind: 'cni',
    summary: about.summary,
    config: flannelConfig,
    requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, ipam: Ipam, link: NetLink },
    rbac: [
      { groups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch', 'patch'] },
    ],
    setup: ({ api, clock, random, log, tracer, ipam, link, config }) => {
      const informers = new InformerFactory({ client: api, clock, random, log });
      const network = new FlannelNetwork({
        backend: about.backend, nodeName: config.nodeName ?? '', clusterCidr: config.clusterCidr, vni: config.vni, port: config.port,
        masqueradeTable: config.masquerade ? 'keelson-masquerade' : undefined,
        api, informers, link, clock, tracer, log,
      });
      const hostPorts = new HostPorts(link, 'keelson-host-ports');
      const variant = new BridgeAttachments({
        name: about.variant, ipam, link, hostPorts, bridge: config.bridge,
        mtu: () => network.podMtu,
        hostReady: (signal) => network.whenReady(signal),
      });
      return {
        provides: [CniVariants.with(variant)],
        start: () => (config.nodeName === undefined ? undefined : network.start()),
        async stop() {
          await network.stop();
          informers.stop();
        },
      };
    },
  }) as Plugin;
}
