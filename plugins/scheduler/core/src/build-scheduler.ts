import type { Tracer } from '@opentelemetry/api';
import type { Pod } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import type { Clock, Contributions, Logger, Random } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { FilterPolicy, ScorePolicy } from '@keelson/sdk/scheduler';
import { ClusterEvents } from './cluster-events.ts';
import type { Configuration } from './configuration.ts';
import { Algorithm } from './cycle/algorithm.ts';
import { explain, type NodeExplanation } from './cycle/explain.ts';
import { policySet } from './cycle/policy-set.ts';
import { gated, notScheduledPatch } from './pod-conditions.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { SchedulerApi } from './scheduler-api.ts';
import { Scheduler } from './scheduler.ts';
import { NodeTable } from './snapshot/node-table.ts';
import { PodCache } from './snapshot/pod-cache.ts';
import { podInfoOf } from './snapshot/pod-info.ts';

export interface SchedulerInputs {
  readonly api: SchedulerApi;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly filters: Pick<Contributions<FilterPolicy>, 'values' | 'onChange'>;
  readonly scores: Pick<Contributions<ScorePolicy>, 'values' | 'onChange'>;
  readonly config: Configuration;
}

export interface BuiltScheduler {
  readonly scheduler: Scheduler;
  readonly changes: ClusterEvents;
  readonly queue: SchedulingQueue;
  readonly table: NodeTable;
  /** Says for every node what the policies make of it for this pod now. */
  explain(pod: Pod): readonly NodeExplanation[];
  stop(): Promise<void>;
}

/** Puts the parts of a scheduler together. */
export function buildScheduler(inputs: SchedulerInputs): BuiltScheduler {
  const { api, events, clock, random, log, tracer, filters, scores, config } = inputs;
  const table = new NodeTable();
  const cache = new PodCache(table);
  const compile = (): ReturnType<typeof policySet> => policySet(filters.values, scores.values, config);
  let set = compile();
  const policies = (): typeof set => set;
  const onFault = (policy: string, error: unknown): void => log.warn('score policy failed, it counts nothing for this pod', { policy, error: String(error) });
  const algorithm = new Algorithm({ table, random, policies, percentageOfNodesToScore: config.percentageOfNodesToScore, onFault });
  const settings = {
    initialBackoffMs: 1000 * config.initialBackoffSeconds,
    maxBackoffMs: 1000 * config.maxBackoffSeconds,
    maxUnschedulableMs: 1000 * config.maxUnschedulableSeconds,
  };
  const queue: SchedulingQueue = new SchedulingQueue(clock, settings, () => scheduler.poke());
  const scheduler: Scheduler = new Scheduler({ api, events, clock, log, tracer, table, cache, queue, algorithm, bindConcurrency: config.bindConcurrency });
  const changes = new ClusterEvents({
    clock, cache, queue, policies,
    schedulerName: config.schedulerName,
    onGated: (pod) => scheduler.report(pod, notScheduledPatch(pod, gated, formatTime(clock.now()))),
  });
  const recompile = (): void => {
    set = compile();
    queue.wake(() => true);
  };
  const unsubscribe = [filters.onChange(recompile), scores.onChange(recompile)];
  return {
    scheduler, changes, queue, table,
    explain: (pod) => explain(podInfoOf(pod), table, set),
    async stop() {
      for (const off of unsubscribe) off();
      await scheduler.stop();
    },
  };
}
