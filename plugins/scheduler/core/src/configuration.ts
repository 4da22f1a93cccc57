import { z } from 'zod';

/** Configuration of the scheduler; names of policies are those that their plugins document. */
export const configuration = z.strictObject({
  schedulerName: z.string().min(1).default('default-scheduler'),
  percentageOfNodesToScore: z.int().min(0).max(100).default(0),
  filterOrder: z
    .array(z.string())
    .default(['node-unschedulable', 'node-name', 'taint-toleration', 'node-affinity', 'node-ports', 'node-resources-fit']),
  weights: z.record(z.string(), z.number().min(0).max(100)).default({}),
  initialBackoffSeconds: z.number().positive().default(1),
  maxBackoffSeconds: z.number().positive().default(10),
  maxUnschedulableSeconds: z.number().positive().default(300),
  bindConcurrency: z.int().positive().default(64),
});

export type Configuration = z.infer<typeof configuration>;
