import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '@keelson/api/core/v1';
import { node, pod, refusals, scores, tableOf } from '@keelson/scheduler-core/testdata';
import { affinityFilter } from './affinity-filter.ts';
import { affinityScore } from './affinity-score.ts';

const table = tableOf([
  node('a', { labels: { disk: 'ssd', cores: '8', empty: '' } }),
  node('b', { labels: { disk: 'hdd', cores: '16' } }),
  node('c', { labels: { cores: 'many' } }),
]);

/** Names of the nodes that fit. */
function fitting(spec: Partial<PodSpec>): string {
  const said = refusals(affinityFilter, pod('p', {}, spec), table);
  for (const reasons of said) if (reasons.length > 0) expect(reasons).toEqual(["node(s) didn't match Pod's node affinity/selector"]);
  return ['a', 'b', 'c'].filter((_, at) => said[at]!.length === 0).join('');
}

const required = (...nodeSelectorTerms: NodeSelectorTerm[]): Partial<PodSpec> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});

describe('node selector', () => {
  it.each([[{}, 'abc'], [{ disk: 'ssd' }, 'a'], [{ disk: 'ssd', cores: '16' }, ''], [{ empty: '' }, 'a'], [{ toString: 'x' }, '']])('%j: %s', (nodeSelector, expected) => {
    expect(fitting({ nodeSelector: nodeSelector as unknown as Record<string, string> })).toBe(expected);
  });
});

describe('required affinity', () => {
  it.each<[NodeSelectorRequirement, string]>([
    [{ key: 'disk', operator: 'In', values: ['ssd', 'nvme'] }, 'a'],
    [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }, 'bc'],
    [{ key: 'disk', operator: 'Exists' }, 'ab'],
    [{ key: 'disk', operator: 'DoesNotExist' }, 'c'],
    [{ key: 'cores', operator: 'Gt', values: ['8'] }, 'b'],
    [{ key: 'cores', operator: 'Lt', values: ['9'] }, 'a'],
    [{ key: 'disk', operator: 'Gt', values: ['1'] }, ''],
    [{ key: 'cores', operator: 'Sideways', values: ['1'] }, ''],
  ])('%j: %s', (requirement, expected) => {
    expect(fitting(required({ matchExpressions: [requirement] }))).toBe(expected);
  });

  it('needs one term of all, and all of a term', () => {
    const disk = (value: string): NodeSelectorRequirement => ({ key: 'disk', operator: 'In', values: [value] });
    expect(fitting(required({ matchExpressions: [disk('ssd')] }, { matchExpressions: [disk('hdd')] }))).toBe('ab');
    expect(fitting(required({ matchExpressions: [disk('ssd'), { key: 'cores', operator: 'In', values: ['16'] }] }))).toBe('');
    expect(fitting({ ...required({ matchExpressions: [disk('ssd')] }, { matchExpressions: [disk('hdd')] }), nodeSelector: { cores: '16' } })).toBe('b');
    expect(fitting(required({}))).toBe('');
    expect(fitting(required())).toBe('');
  });

  it('matches the name as a field, and names the only nodes possible', () => {
    const field = (operator: string, ...values: string[]): NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator, values }] });
    expect(fitting(required(field('In', 'b')))).toBe('b');
    expect(fitting(required(field('NotIn', 'b')))).toBe('ac');
    const only = (spec: Partial<PodSpec>) => affinityFilter.prepare!({ pod: pod('p', {}, spec), key: '', priority: 0, requests: new Map(), requestsNonZero: new Map() }, table)!.only;
    expect(only(required(field('In', 'b', 'gone')))).toEqual({ rows: [table.rowOf('b')], reason: "node(s) didn't satisfy plugin(s) [NodeAffinity]" });
    expect(only(required(field('In', 'gone')))?.rows).toEqual([]);
    expect(only(required(field('In', 'b'), { matchExpressions: [{ key: 'disk', operator: 'Exists' }] }))).toBeUndefined();
    expect(only(required(field('NotIn', 'b')))).toBeUndefined();
  });
});

describe('preferred affinity', () => {
  const prefer = (...terms: [number, NodeSelectorRequirement][]) =>
    pod('p', {}, {
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms.map(([weight, requirement]) => ({ weight, preference: { matchExpressions: [requirement] } })) } },
    });

  it('adds the weights of the terms that match, the best node having 100', () => {
    const pods = prefer([30, { key: 'disk', operator: 'Exists' }], [10, { key: 'disk', operator: 'In', values: ['ssd'] }]);
    expect(scores(affinityScore, pods, table)).toEqual([100, 75, 0]);
    expect(scores(affinityScore, prefer([5, { key: 'none', operator: 'Exists' }]), table)).toEqual([0, 0, 0]);
    expect(scores(affinityScore, pod('p'), table)).toBeUndefined();
  });
});
