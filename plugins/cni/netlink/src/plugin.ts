import { z } from 'zod';
import { Logger, definePlugin } from '@keelson/sdk';
import { NetLink } from '@keelson/sdk/cni';
import { KernelLinks } from './kernel-links.ts';

/** The kernel's network devices. */
export default definePlugin({
  name: '@keelson/cni-netlink',
  version: '0.1.0',
  kind: 'cni',
  summary: 'makes and changes network devices, routes and packet filters of the host by iproute2 and nftables',
  config: z.strictObject({
    /** Path of the host's network namespace; absent: that of the agent. */
    netns: z.string().startsWith('/').optional(),
  }),
  requires: { log: Logger },
  provides: [NetLink],
  setup: ({ log, config }) => [NetLink.provide(new KernelLinks(config.netns, log))],
});
