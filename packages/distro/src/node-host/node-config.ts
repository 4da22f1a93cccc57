import { z } from 'zod';

/** What `keelson node run --config FILE` reads. */
export const nodeConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  /** Of the API server: `https://…`. */
  server: z.url(),
  /** PEM of the cluster's authority. */
  authority: z.string().includes('BEGIN CERTIFICATE'),
  /** Needed until the node has a certificate of its own. */
  bootstrapToken: z.string().optional(),
  /** Keys are kept in `pki/` below. */
  dataDir: z.string().min(1),
  /** Addresses and names of this host that its serving certificate is for. */
  addresses: z.array(z.string()).min(1),
  /** Port of the health endpoint on 127.0.0.1; 0 for none. */
  healthPort: z.int().min(0).max(65_535).default(10_248),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Plugins of the node preset that are not wanted. */
  without: z.array(z.string()).default([]),
  /** Configurations by plugin name; they are merged over the preset's. */
  plugins: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

export type NodeConfig = z.infer<typeof nodeConfig>;
