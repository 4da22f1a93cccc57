// The scheduling algorithm alone: every node filtered and scored, no queue, no API.
import { performance } from 'node:perf_hooks';
import type { Node, Pod } from '@keelson/api/core/v1';
import type { Random } from '@keelson/sdk';
import type { FilterPolicy, ScorePolicy } from '@keelson/sdk/scheduler';
import { Algorithm } from '../../plugins/scheduler/core/src/cycle/algorithm.ts';
import { policySet } from '../../plugins/scheduler/core/src/cycle/policy-set.ts';
import { NodeTable, podInfoOf } from '../../plugins/scheduler/core/src/snapshot/index.ts';
import { balancedAllocation } from '../../plugins/scheduler/balanced-allocation/src/balanced-allocation.ts';
import { affinityFilter } from '../../plugins/scheduler/node-affinity/src/affinity-filter.ts';
import { affinityScore } from '../../plugins/scheduler/node-affinity/src/affinity-score.ts';
import { nodeName } from '../../plugins/scheduler/node-name/src/node-name.ts';
import { fitFilter } from '../../plugins/scheduler/node-resources-fit/src/fit-filter.ts';
import { leastAllocated } from '../../plugins/scheduler/node-resources-fit/src/least-allocated.ts';
import { nodeUnschedulable } from '../../plugins/scheduler/node-unschedulable/src/node-unschedulable.ts';
import { taintFilter } from '../../plugins/scheduler/taint-toleration/src/taint-filter.ts';
import { taintScore } from '../../plugins/scheduler/taint-toleration/src/taint-score.ts';

const filters: readonly FilterPolicy[] = [nodeUnschedulable, nodeName, taintFilter, affinityFilter, fitFilter([])];
const scores: readonly ScorePolicy[] = [
  taintScore, affinityScore, leastAllocated([{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]), balancedAllocation(['cpu', 'memory']),
];

/** What one workload measured. */
export interface SchedulerFigure {
  readonly workload: string;
  readonly nodes: number;
  readonly pods: number;
  readonly percentageOfNodesToScore: number;
  readonly podsPerSecond: number;
}

/** Schedules `pods` pods onto `nodes` nodes and counts; the pods stay placed, so that later ones see a filled cluster. */
export function measure(workload: string, nodes: number, pods: number, percentageOfNodesToScore: number, specOf: (index: number) => Partial<Pod['spec']> = () => ({})): SchedulerFigure {
  const table = new NodeTable();
  for (let index = 0; index < nodes; index++) table.setNode(node(index));
  const policies = policySet(filters, scores, { filterOrder: [], weights: {} });
  const onFault = (policy: string, error: unknown): void => {
    throw new Error(`score policy ${policy} failed`, { cause: error });
  };
  const algorithm = new Algorithm({ table, random: seeded(1), policies: () => policies, percentageOfNodesToScore, onFault });
  const objects = Array.from({ length: pods }, (_, index) => pod(index, specOf(index)));
  const started = performance.now();
  for (const object of objects) {
    const info = podInfoOf(object);
    const decision = algorithm.decide(info);
    if (decision.outcome !== 'placed') throw new Error(`pod ${info.key} was not placed: ${decision.outcome}`);
    table.addPod(table.rowOf(decision.nodeName)!, info);
  }
  const seconds = (performance.now() - started) / 1000;
  return { workload, nodes, pods, percentageOfNodesToScore, podsPerSecond: Math.round(pods / seconds) };
}

/** The rows of this bench; the budget is on the first: at least 5,000 pods/s. */
export function schedulerFigures(): readonly SchedulerFigure[] {
  measure('warm-up', 5000, 2000, 100);
  const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } }] } };
  return [
    measure('plain pods, every node scored', 5000, 20_000, 100),
    measure('plain pods, sampled as upstream', 5000, 20_000, 0),
    measure('selector and preferred affinity, every node scored', 5000, 5000, 100, () => ({ nodeSelector: { pool: 'a' }, affinity })),
    // No two pods alike: nothing of an earlier decision can be used again.
    measure('every pod different, every node scored', 5000, 5000, 100, (index) => ({ containers: [container(`${100 + (index % 4999)}m`)] })),
  ];
}

function node(index: number): Node {
  const name = `node-${index}`;
  const quantities = { cpu: '32', memory: '64Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % 3}`, pool: index % 2 === 0 ? 'a' : 'b', disk: index % 5 === 0 ? 'ssd' : 'hdd' },
    },
    spec: {},
    status: { capacity: quantities, allocatable: quantities },
  };
}

function pod(index: number, spec: Partial<Pod['spec']>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'default', uid: `pod-${index}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [container('100m')], ...spec },
  };
}

function container(cpu: string): Pod['spec']['containers'][number] {
  return { name: 'main', image: 'example.org/app:1', resources: { requests: { cpu, memory: '500Mi' } } };
}

/** Mulberry32: enough for ties, and the same in every run. */
function seeded(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, int: (bound) => Math.floor(next() * bound), uuid: () => '', fork: (label) => seeded(seed + label.length) };
}
