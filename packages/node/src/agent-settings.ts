import { z } from 'zod';

const quantities = z.record(z.string(), z.string());

/** Configuration of the node agent. */
export const agentSettings = z.strictObject({
  nodes: z.int().min(0).max(10_000).default(1),
  firstNode: z.int().min(1).default(1),
  nodeName: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/).default('node'),
  runtime: z.string().default('sim'),
  podCidr: z.string().optional(),
  podCidrMask: z.int().min(16).max(30).default(24),
  nodeCidr: z.string().default('172.18.0.0/16'),
  hostIp: z.string().default('127.0.0.1'),
  capacity: quantities.default({}),
  labels: z.record(z.string(), z.string()).default({}),
  kubeletVersion: z.string().default('v1.36.0'),
  leaseDurationSeconds: z.int().positive().default(40),
  leaseRenewSeconds: z.number().positive().default(10),
  statusReportSeconds: z.number().positive().default(300),
  statusConcurrency: z.int().positive().default(32),
});

export type AgentSettings = z.infer<typeof agentSettings>;
