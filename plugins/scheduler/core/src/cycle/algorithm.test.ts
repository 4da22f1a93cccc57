import { seededRandom } from '@keelson/sdk';
import type { FilterPolicy, PodInfo, ScorePolicy } from '@keelson/sdk/scheduler';
import { NodeTable } from '../snapshot/node-table.ts';
import { podInfoOf } from '../snapshot/pod-info.ts';
import { node, pod } from '../testdata/objects.ts';
import { Algorithm, type Decision } from './algorithm.ts';
import { fitErrorText } from './diagnosis.ts';
import { explain } from './explain.ts';
import { MaxTree } from './max-tree.ts';
import { policySet, wantsRetry } from './policy-set.ts';
import { preemptionNote } from './preemption-note.ts';
import { enoughNodes } from './sample-size.ts';

const settings = { filterOrder: ['first', 'room'], weights: {} };

/** Room by cpu, in the fast form; with a shape only when told so. */
const room = (withShape: boolean): FilterPolicy => ({
  name: 'room',
  retryOn: ['pod-delete'],
  ...(withShape ? { shape: ({ requests }: PodInfo) => String(requests.get('cpu') ?? 0) } : {}),
  prepare: ({ requests }, snapshot) => ({
    run(rows, from, to, verdicts, code) {
      const { allocatable, requested } = snapshot.resource('cpu')!;
      for (let at = from; at < to; at++) if (verdicts[at] === 0 && allocatable[rows[at]!]! - requested[rows[at]!]! < (requests.get('cpu') ?? 0)) verdicts[at] = code;
    },
    reasons: () => ['Insufficient cpu'],
  }),
});

const emptiest = (withShape: boolean): ScorePolicy => ({
  name: 'emptiest',
  ...(withShape ? { shape: () => '' } : {}),
  prepare: (_pod, snapshot) => (rows, count, scores) => {
    const { allocatable, requested } = snapshot.resource('cpu')!;
    for (let at = 0; at < count; at++) scores[at] = Math.trunc((100 * (allocatable[rows[at]!]! - requested[rows[at]!]!)) / allocatable[rows[at]!]!);
  },
});

function make(nodes: number, filters: readonly FilterPolicy[], scores: readonly ScorePolicy[], options: { percentage?: number; table?: NodeTable } = {}) {
  const table = options.table ?? new NodeTable();
  if (options.table === undefined) for (let index = 0; index < nodes; index++) table.setNode(node(`n${index}`));
  const policies = policySet(filters, scores, settings);
  const faults: string[] = [];
  const algorithm = new Algorithm({
    table, random: seededRandom('ties'), policies: () => policies, percentageOfNodesToScore: options.percentage ?? 100, onFault: (policy) => faults.push(policy),
  });
  return { table, policies, algorithm, faults };
}

const where = (decision: Decision): string => (decision.outcome === 'placed' ? decision.nodeName : decision.outcome);

describe('Algorithm', () => {
  it('gives the same totals by shape as afresh, through any sequence of changes', () => {
    const random = seededRandom('changes');
    const table = new NodeTable();
    const byShape = make(0, [room(true)], [emptiest(true)], { table });
    const afresh = make(0, [room(false)], [emptiest(false)], { table });
    const where = new Map<string, number>();
    for (let step = 0; step < 4000; step++) {
      const what = random.int(12);
      const name = `n${random.int(60)}`;
      if (what === 0) table.setNode(node(name, { allocatable: { cpu: String(1 + random.int(4)) } }));
      else if (what === 1 && table.nodeCount > 3 && table.rowOf(name) !== undefined && ![...table.podsOn(table.rowOf(name)!)].length) table.removeNode(name);
      else if (what === 2 && where.size > 0) {
        const [key, row] = [...where][random.int(where.size)]!;
        table.removePod(row, key);
        where.delete(key);
      } else {
        const info = podInfoOf(pod(`p${step}`, { cpu: `${250 * (1 + random.int(4))}m` }));
        const one = byShape.algorithm.decide(info);
        const two = afresh.algorithm.decide(info);
        expect(one.outcome).toBe(two.outcome);
        if (one.outcome !== 'placed' || two.outcome !== 'placed') continue;
        expect({ feasible: one.feasible, score: one.score }).toEqual({ feasible: two.feasible, score: two.score });
        const row = table.rowOf(one.nodeName)!;
        table.addPod(row, info);
        where.set(info.key, row);
      }
    }
    expect(where.size).toBeGreaterThan(50);
  });

  it('catches up after more changes than are remembered', () => {
    const { table, algorithm } = make(3, [room(true)], [emptiest(true)]);
    algorithm.decide(podInfoOf(pod('a', { cpu: '1' })));
    const filler = podInfoOf(pod('filler', { cpu: '4' }));
    for (let turn = 0; turn < 10_000; turn++) table.addPod(table.rowOf(`n${turn % 2}`)!, filler);
    expect(where(algorithm.decide(podInfoOf(pod('b', { cpu: '1' }))))).toBe('n2');
  });

  it('draws among equals, each as likely as the others, the same under one seed', () => {
    const run = (withShape: boolean): number[] => {
      const { algorithm } = make(4, [room(withShape)], [emptiest(withShape)]);
      const counts = [0, 0, 0, 0];
      for (let index = 0; index < 4000; index++) {
        const decision = algorithm.decide(podInfoOf(pod(`p${index}`)));
        counts[Number(where(decision).slice(1))]!++;
      }
      return counts;
    };
    for (const counts of [run(true), run(false)]) for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect(run(true)).toEqual(run(true));
  });

  it('looks at a rotating sample when that is enough', () => {
    const seen = new Set<string>();
    const watcher: FilterPolicy = { name: 'watcher', filter: (_pod, { name }) => void seen.add(name) };
    const { algorithm } = make(1000, [watcher], [], { percentage: 20 });
    const first = algorithm.decide(podInfoOf(pod('a')));
    expect(first).toMatchObject({ outcome: 'placed', feasible: 200 });
    const after = seen.size;
    expect(after).toBeLessThan(500);
    algorithm.decide(podInfoOf(pod('b')));
    expect(seen.size).toBeGreaterThan(after);
  });

  it('takes policies in the simple form, whatever they answer', () => {
    const odd: ScorePolicy = { name: 'odd', score: (_pod, { name }) => (name === 'n0' ? Number.NaN : name === 'n1' ? 1e9 : name === 'n2' ? -5 : 100) };
    const even: ScorePolicy = { name: 'even', weight: 2, score: (_pod, { name }) => (name === 'n3' ? 1 : 0) };
    const { algorithm } = make(4, [{ name: 'room', filter: (_pod, { name }) => (name === 'n1' ? 'is n1' : undefined) }], [odd, even]);
    expect(algorithm.decide(podInfoOf(pod('p')))).toMatchObject({ nodeName: 'n3', feasible: 3, score: 102 });
  });

  it('goes on without a score that throws, and gives up when a filter does', () => {
    const broken = (): never => {
      throw new Error('broken');
    };
    const { algorithm, faults } = make(3, [], [{ name: 'bad', score: broken }, { name: 'good', score: (_pod, { name }) => (name === 'n1' ? 50 : 0) }]);
    expect(where(algorithm.decide(podInfoOf(pod('p'))))).toBe('n1');
    expect(faults).toEqual(['bad']);
    expect(() => make(3, [{ name: 'room', filter: broken }], []).algorithm.decide(podInfoOf(pod('p')))).toThrow('broken');
  });

  it('says why nothing fits: the first filter in order gives the reason', () => {
    const first: FilterPolicy = { name: 'first', filter: (_pod, { name }) => (name === 'n0' ? 'is n0' : undefined) };
    const { algorithm, table } = make(3, [room(false), first], []);
    const big = podInfoOf(pod('p', { cpu: '5' }));
    const decision = algorithm.decide(big);
    if (decision.outcome !== 'unfit') throw new Error('it should not fit');
    expect([...decision.diagnosis.reasons]).toEqual([['is n0', 1], ['Insufficient cpu', 2]]);
    expect([...decision.diagnosis.refusedBy]).toEqual(['first', 'room']);
    expect(preemptionNote(big, table, decision.diagnosis)).toBe('preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.');
    table.addPod(table.rowOf('n2')!, podInfoOf(pod('low', { cpu: '1' }, { priority: -1 })));
    expect(preemptionNote(big, table, decision.diagnosis)).toBeUndefined();
    expect(preemptionNote(podInfoOf(pod('p', {}, { preemptionPolicy: 'Never' })), table, decision.diagnosis)).toBe('preemption: not eligible due to preemptionPolicy=Never.');
  });

  it('looks only at the nodes that a policy names', () => {
    const pinned: FilterPolicy = { name: 'first', prepare: (_pod, snapshot) => ({ only: { rows: [snapshot.rowOf('n1')!], reason: 'named others' }, run: () => undefined, reasons: () => [] }) };
    expect(where(make(3, [pinned], []).algorithm.decide(podInfoOf(pod('p'))))).toBe('n1');
    const { algorithm } = make(3, [pinned, room(false)], []);
    const decision = algorithm.decide(podInfoOf(pod('p', { cpu: '5' })));
    expect(decision.outcome === 'unfit' && [...decision.diagnosis.reasons]).toEqual([['Insufficient cpu', 1], ['named others', 2]]);
  });

  it('has nothing to choose without nodes', () => {
    expect(make(0, [room(true)], []).algorithm.decide(podInfoOf(pod('p')))).toEqual({ outcome: 'no-nodes' });
  });
});

describe('explain', () => {
  it('tells for each node who refused it or what it scored', () => {
    const { table, policies } = make(3, [room(true)], [emptiest(true), { name: 'flat', weight: 3, score: () => 10 }]);
    table.addPod(table.rowOf('n0')!, podInfoOf(pod('a', { cpu: '4' })));
    table.addPod(table.rowOf('n1')!, podInfoOf(pod('b', { cpu: '2' })));
    expect(explain(podInfoOf(pod('p', { cpu: '1' })), table, policies)).toEqual([
      { node: 'n0', refusedBy: 'room', reasons: ['Insufficient cpu'] },
      { node: 'n2', total: 130, scores: [{ policy: 'emptiest', weight: 1, score: 100 }, { policy: 'flat', weight: 3, score: 10 }] },
      { node: 'n1', total: 80, scores: [{ policy: 'emptiest', weight: 1, score: 50 }, { policy: 'flat', weight: 3, score: 10 }] },
    ]);
  });
});

describe('MaxTree', () => {
  it('knows the maximum and draws evenly among its rows, whatever was set before', () => {
    const random = seededRandom('tree');
    const tree = new MaxTree(100);
    const plain = new Array<number>(100).fill(-1);
    for (let step = 0; step < 5000; step++) {
      const row = random.int(100);
      plain[row] = random.int(6) - 1;
      tree.set(row, plain[row]!);
      expect(tree.max).toBe(Math.max(...plain));
    }
    const best = plain.flatMap((total, row) => (total === tree.max ? [row] : []));
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 200 * best.length; draw++) {
      const row = tree.pick(random);
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(best);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(75);
  });
});

describe('small rules', () => {
  it.each([[99, 0, 99], [100, 0, 100], [1000, 0, 420], [5000, 0, 500], [6000, 0, 300], [5000, 100, 5000], [5000, 10, 500], [500, 10, 100], [150, 1, 100]])(
    'of %s nodes at %s %% it is enough to find %s', (nodes, percentage, expected) => {
      expect(enoughNodes(nodes, percentage)).toBe(expected);
    },
  );

  it('words the failure as upstream does, reasons in order of their text', () => {
    expect(fitErrorText(5, new Map([['node(s) had untolerated taint {k: v}', 3], ['Insufficient cpu', 2]]))).toBe(
      '0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint {k: v}.',
    );
  });

  it('takes weights from the configuration, and 0 for off', () => {
    const scores: ScorePolicy[] = [{ name: 'a' }, { name: 'b', weight: 3 }, { name: 'c' }];
    const set = policySet([], scores, { filterOrder: [], weights: { a: 5, c: 0 } });
    expect(set.scores.map(({ policy, weight }) => `${policy.name}:${weight}`)).toEqual(['a:5', 'b:3']);
  });

  it('wakes a pod for the events that its refusers asked for', () => {
    const set = policySet([room(true), { name: 'open' }], [], settings);
    expect(wantsRetry(set, new Set(['room']), 'pod-delete')).toBe(true);
    expect(wantsRetry(set, new Set(['room']), 'node-labels')).toBe(false);
    expect(wantsRetry(set, new Set(['open']), 'node-labels')).toBe(true);
    expect(wantsRetry(set, new Set(['left-the-distribution']), 'node-labels')).toBe(true);
    expect(wantsRetry(set, new Set(), 'node-labels')).toBe(true);
  });
});
