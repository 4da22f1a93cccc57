import { join } from 'node:path';
import { z } from 'zod';
import { Tracer, definePlugin, live } from '@keelson/sdk';
import { CniVariants, PodNetwork } from '@keelson/sdk/cni';
import { VariantNetwork } from './pod-network.ts';
import { ResultCache } from './result-cache.ts';

/** The network of this node's pods. */
export default definePlugin({
  name: '@keelson/cni-chain',
  version: '0.1.0',
  kind: 'cni',
  summary: 'joins the pods of this node to the network by the chosen variant',
  config: z.strictObject({
    variant: z.string().min(1).default('bridge'),
    /** Folder for results. */
    root: z.string().min(1).default('.keelson/cni'),
  }),
  requires: { tracer: Tracer, variants: live(CniVariants) },
  provides: [PodNetwork],
  setup: ({ tracer, variants, config }) => [
    PodNetwork.provide(new VariantNetwork({ variant: config.variant, variants, results: new ResultCache(join(config.root, 'results')), tracer })),
  ],
});
