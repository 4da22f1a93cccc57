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
  /** The one node is called `nodeName` itself, has the address `hostIp` and the range `podCidr`; '' waits for `spec.podCIDR`. */
  exactName: z.boolean().default(false),
  /** False: the Node object is there already, made by somebody else. */
  registerNode: z.boolean().default(true),
  /** Folder of pods, volumes and logs on disk; made only for runtimes that take mounts. */
  root: z.string().min(1).default('.keelson/node'),
  /** Of the node's own API at `hostIp` (logs, streams, figures), where the node has a serving certificate. */
  port: z.int().min(1).max(65_535).default(10_250),
  clusterDns: z.array(z.string()).default([]),
  clusterDomain: z.string().min(1).default('cluster.local'),
  resolvConf: z.string().default('/etc/resolv.conf'),
  /** Folder of manifests that this node runs without the API server; '' for none. */
  staticPodPath: z.string().default(''),
  /** Cgroup that all pods of the node are below; '' is `/keelson/NODE`. */
  cgroupRoot: z.string().default(''),
  logMaxBytes: z.int().positive().default(10 * 1024 * 1024),
  logMaxFiles: z.int().min(2).default(5),
  imageGcHighPercent: z.number().min(0).max(100).default(85),
  imageGcLowPercent: z.number().min(0).max(100).default(80),
});

export type AgentSettings = z.infer<typeof agentSettings>;
