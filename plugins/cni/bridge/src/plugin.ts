import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { CniVariants, Ipam, NetLink } from '@keelson/sdk/cni';
import { BridgeAttachments, HostPorts, masqueradeLeaving } from '@keelson/pod-network';

/** One node's pods on one bridge; for clusters of one node, or where somebody else routes between nodes. */
export default definePlugin({
  name: '@keelson/cni-bridge',
  version: '0.1.0',
  kind: 'cni',
  summary: 'joins pods to a bridge of their node',
  config: z.strictObject({
    bridge: z.string().min(1).max(15).default('cni0'),
    mtu: z.int().min(1280).max(65_535).default(1500),
    /** Ranges that pods reach with their own addresses; empty: nothing is masqueraded. */
    clusterCidrs: z.array(z.string()).default(['10.244.0.0/16']),
  }),
  requires: { ipam: Ipam, link: NetLink },
  setup: ({ ipam, link, config }) => {
    let isPrepared: Promise<void> | undefined;
    const prepare = async (podCidr: string): Promise<void> => {
      await link.sysctl({ 'net/ipv4/ip_forward': '1', 'net/bridge/bridge-nf-call-iptables': '1' });
      if (config.clusterCidrs.length > 0) await masqueradeLeaving(link, { table: 'keelson-masquerade', podCidr, clusterCidrs: config.clusterCidrs });
    };
    const attachments = new BridgeAttachments({
      name: 'bridge', ipam, link, hostPorts: new HostPorts(link, 'keelson-host-ports'), bridge: config.bridge, mtu: () => config.mtu,
      hostReady: () => Promise.resolve(),
    });
    return [
      CniVariants.with({
        name: 'bridge',
        async add(at, signal) {
          isPrepared ??= prepare(at.node.podCidr).catch((error: unknown) => {
            isPrepared = undefined;
            throw error;
          });
          await isPrepared;
          return attachments.add(at, signal);
        },
        del: (at) => attachments.del(at),
        check: (at) => attachments.check(at),
        gc: (live) => attachments.gc(live),
      }),
    ];
  },
});
