import { node, pod, scores, tableOf } from '@keelson/scheduler-core/testdata';
import { balancedAllocation } from './balanced-allocation.ts';

const table = tableOf([node('even'), node('cpu-heavy'), node('memory-heavy'), node('over')], {
  'cpu-heavy': [pod('p1', { cpu: '2' })],
  'memory-heavy': [pod('p2', { memory: '6Gi' })],
  over: [pod('p3', { cpu: '4', memory: '8Gi' })],
});

describe('balanced allocation', () => {
  it.each<[Record<string, string>, readonly number[] | undefined]>([
    [{ cpu: '1', memory: '2Gi' }, [100, 75, 62, 100]],
    [{ cpu: '2' }, [75, 50, 87, 100]],
    [{}, undefined],
  ])('%j', (requests, expected) => {
    expect(scores(balancedAllocation(['cpu', 'memory']), pod('p', requests), table)).toEqual(expected);
  });

  it('takes the standard deviation of three and more', () => {
    const three = tableOf([node('n', { allocatable: { 'ephemeral-storage': '10' } })]);
    // Shares 0.25, 0, 0.5: mean 0.25, deviation 0.2041.
    expect(scores(balancedAllocation(['cpu', 'memory', 'ephemeral-storage']), pod('p', { cpu: '1', 'ephemeral-storage': '5' }), three)).toEqual([79]);
  });

  it('prefers nothing where a node has only one of the resources', () => {
    expect(scores(balancedAllocation(['cpu', 'memory']), pod('p', { cpu: '1' }), tableOf([node('n', { allocatable: { memory: '0' } })]))).toEqual([100]);
  });
});
