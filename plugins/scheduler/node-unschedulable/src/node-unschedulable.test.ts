import type { Toleration } from '@keelson/api/core/v1';
import { node, pod, refusals, tableOf } from '@keelson/scheduler-core/testdata';
import { nodeUnschedulable } from './node-unschedulable.ts';

const key = 'node.kubernetes.io/unschedulable';

describe('node unschedulable', () => {
  const table = tableOf([node('open'), node('cordoned', { spec: { unschedulable: true } })]);

  it.each<[readonly Toleration[], boolean]>([
    [[], false],
    [[{ key, operator: 'Exists' }], true],
    [[{ key, operator: 'Exists', effect: 'NoSchedule' }], true],
    [[{ key, operator: 'Exists', effect: 'NoExecute' }], false],
    [[{ operator: 'Exists' }], true],
    [[{ key, operator: 'Equal', value: 'x' }], false],
    [[{ key: 'other', operator: 'Exists' }], false],
  ])('%j may use a cordoned node: %s', (tolerations, allowed) => {
    expect(refusals(nodeUnschedulable, pod('p', {}, { tolerations: [...tolerations] }), table)).toEqual([[], allowed ? [] : ['node(s) were unschedulable']]);
  });

  it('follows cordon and uncordon', () => {
    table.setNode(node('cordoned'));
    table.setNode(node('open', { spec: { unschedulable: true } }));
    expect(refusals(nodeUnschedulable, pod('p'), table)).toEqual([['node(s) were unschedulable'], []]);
  });
});
