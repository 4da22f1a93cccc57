import { z } from 'zod';
import { Logger, definePlugin } from '@keelson/sdk';
import { ProxyModes } from '@keelson/sdk/proxy';
import { kernelCommands } from './kernel-commands.ts';
import { NftablesMode } from './nftables-mode.ts';

/** Services in the kernel. */
export default definePlugin({
  name: '@keelson/proxy-nftables',
  version: '0.1.0',
  kind: 'proxy',
  summary: 'makes services work in the kernel by nftables',
  config: z.strictObject({
    /** Path of the host's network namespace; absent: that of the agent. */
    netns: z.string().startsWith('/').optional(),
    table: z.string().regex(/^[a-z][a-z0-9-]*$/).default('keelson-proxy'),
  }),
  requires: { log: Logger },
  setup: ({ log, config }) => [ProxyModes.with(new NftablesMode(kernelCommands(config.netns), log, config.table))],
});
