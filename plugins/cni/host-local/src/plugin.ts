import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { Ipam } from '@keelson/sdk/cni';
import { FileIpam } from './file-ipam.ts';

/** Addresses of this node's pods. */
export default definePlugin({
  name: '@keelson/cni-host-local',
  version: '0.1.0',
  kind: 'cni',
  summary: 'gives pods addresses of ranges of this node, kept in files',
  config: z.strictObject({ root: z.string().min(1).default('.keelson/cni/networks') }),
  provides: [Ipam],
  setup: ({ config }) => [Ipam.provide(new FileIpam(config.root))],
});
