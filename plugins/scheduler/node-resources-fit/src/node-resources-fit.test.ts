import { node, pod, refusals, scores, tableOf } from '@keelson/scheduler-core/testdata';
import { fitFilter } from './fit-filter.ts';
import { leastAllocated } from './least-allocated.ts';

const usual = leastAllocated([{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]);

describe('fit', () => {
  const table = tableOf([node('a'), node('b', { allocatable: { 'example.org/gpu': '1' } }), node('c', { allocatable: { pods: '1' } })], {
    a: [pod('p1', { cpu: '3' })],
    c: [pod('p2', { cpu: '100m' })],
  });

  it.each<[Record<string, string>, readonly (readonly string[])[]]>([
    [{}, [[], [], ['Too many pods']]],
    [{ cpu: '1' }, [[], [], ['Too many pods']]],
    [{ cpu: '1001m' }, [['Insufficient cpu'], [], ['Too many pods']]],
    [{ cpu: '3950m', memory: '9Gi' }, [['Insufficient cpu', 'Insufficient memory'], ['Insufficient memory'], ['Too many pods', 'Insufficient cpu', 'Insufficient memory']]],
    [{ 'example.org/gpu': '1' }, [['Insufficient example.org/gpu'], [], ['Too many pods', 'Insufficient example.org/gpu']]],
    [{ 'example.org/fpga': '1' }, [['Insufficient example.org/fpga'], ['Insufficient example.org/fpga'], ['Too many pods', 'Insufficient example.org/fpga']]],
  ])('%j', (requests, expected) => {
    expect(refusals(fitFilter([]), pod('p', requests), table)).toEqual(expected);
  });

  it('leaves ignored resources to others, by name or by group', () => {
    const wanted = pod('p', { 'example.org/fpga': '1' });
    expect(refusals(fitFilter(['example.org/fpga']), wanted, table)).toEqual([[], [], ['Too many pods']]);
    expect(refusals(fitFilter(['example.org/*']), wanted, table)).toEqual([[], [], ['Too many pods']]);
  });

  it('knows where preemption cannot help: the node is too small even when empty', () => {
    const plan = fitFilter([]).prepare!({ pod: pod('p'), key: 'default/p', priority: 0, requests: new Map([['cpu', 4000]]), requestsNonZero: new Map() }, table)!;
    expect(plan.unresolvable!(table.rowOf('a')!)).toBe(false);
    const tooBig = fitFilter([]).prepare!({ pod: pod('p'), key: 'default/p', priority: 0, requests: new Map([['cpu', 4001]]), requestsNonZero: new Map() }, table)!;
    expect(tooBig.unresolvable!(table.rowOf('a')!)).toBe(true);
  });
});

describe('least allocated', () => {
  const table = tableOf([node('empty'), node('half'), node('full'), node('no-memory', { allocatable: { memory: '0' } })], {
    half: [pod('p1', { cpu: '2', memory: '2Gi' })],
    full: [pod('p2', { cpu: '4', memory: '8Gi' })],
  });

  it.each<[Record<string, string>, readonly number[]]>([
    [{ cpu: '1', memory: '2Gi' }, [75, 37, 0, 75]],
    [{ cpu: '0', memory: '0' }, [100, 62, 0, 100]],
    // Nothing stated counts as 100m and 200Mi: (97 + 97) / 2.
    [{}, [97, 59, 0, 97]],
  ])('%j', (requests, expected) => {
    expect(scores(usual, pod('p', requests), table)).toEqual(expected);
  });

  it('weighs resources, and counts an extended one only for pods that ask for it', () => {
    const gpus = tableOf([node('a', { allocatable: { 'example.org/gpu': '4' } }), node('b')]);
    const policy = leastAllocated([{ name: 'cpu', weight: 1 }, { name: 'example.org/gpu', weight: 3 }]);
    expect(scores(policy, pod('p', { cpu: '4', 'example.org/gpu': '1' }), gpus)).toEqual([56, 0]);
    expect(scores(policy, pod('p', { cpu: '2' }), gpus)).toEqual([50, 50]);
  });
});
