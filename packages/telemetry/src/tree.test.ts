import { SpanStatusCode } from '@opentelemetry/api';
import { findPath } from './find-path.ts';
import { formatDuration, renderTrace } from './render.ts';
import { span } from './testdata/fakes.ts';
import { buildTree, type TraceNode } from './tree.ts';

const shape = (nodes: readonly TraceNode[]): unknown => nodes.map((node) => (node.children.length === 0 ? node.span.spanId : [node.span.spanId, shape(node.children)]));

describe('buildTree', () => {
  it('nests by parent and orders siblings by start, then by start order', () => {
    const spans = [span('c', { parent: 'a', start: 2, seq: 9 }), span('d', { parent: 'a', start: 2, seq: 3 }), span('b', { parent: 'a', start: 1 }), span('a')];
    expect(shape(buildTree(spans))).toEqual([['a', ['b', 'd', 'c']]]);
  });

  it('hangs a trace below the span that its root links to', () => {
    const spans = [span('a'), span('b', { parent: 'a' }), span('x', { trace: 't2', start: 5, links: [['t1', 'b']] }), span('y', { trace: 't2', parent: 'x' })];
    const tree = buildTree(spans);
    expect(shape(tree)).toEqual([['a', [['b', [['x', ['y']]]]]]]);
    expect(tree[0]!.children[0]!.children[0]!.relation).toBe('linked');
  });

  it('hangs orphans below the root of their trace', () => {
    const tree = buildTree([span('a'), span('lost', { parent: 'gone', start: 4 })]);
    expect(shape(tree)).toEqual([['a', ['lost']]]);
    expect(tree[0]!.children[0]!.relation).toBe('orphan');
  });

  it('makes the first orphan the root when the root was evicted', () => {
    const tree = buildTree([span('p', { parent: 'gone', start: 1 }), span('q', { parent: 'gone', start: 2 }), span('r', { parent: 'p', start: 3 })]);
    expect(shape(tree)).toEqual([['p', ['q', 'r']]]);
  });

  it('survives links and parents that go round in circles, and loses no span', () => {
    const spans = [
      span('a', { trace: 't1', links: [['t2', 'b']] }),
      span('b', { trace: 't2', links: [['t1', 'a']] }),
      span('c', { trace: 't3', parent: 'd' }),
      span('d', { trace: 't3', parent: 'c' }),
      span('e', { trace: 't4', parent: 'e' }),
    ];
    const seen: string[] = [];
    const visit = (nodes: readonly TraceNode[]): void => nodes.forEach((node) => { seen.push(node.span.spanId); visit(node.children); });
    visit(buildTree(spans));
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('findPath', () => {
  const spans = [
    span('1', { name: 'PATCH /deployments', seq: 1 }),
    span('2', { name: 'store txn deployments', parent: '1', seq: 2, start: 1 }),
    span('3', { name: 'publish deployments', parent: '1', seq: 3, start: 2 }),
    span('4', { name: 'reconcile deployment', parent: '1', seq: 4, start: 3 }),
    span('5', { name: 'POST /replicasets', parent: '4', seq: 5, start: 4 }),
    span('6', { name: 'store txn replicasets', parent: '5', seq: 6, start: 5 }),
    span('7', { name: 'reconcile replicaset', parent: '6', seq: 7, start: 6 }),
  ];

  it('follows children and later siblings', () => {
    const result = findPath(spans, ['PATCH /deployments', 'store txn deployments', 'publish deployments', 'reconcile deployment', /^store/, 'reconcile replicaset']);
    expect(result.found && result.path.map((step) => step.spanId)).toEqual(['1', '2', '3', '4', '6', '7']);
  });

  it('does not go back in time or up the tree', () => {
    expect(findPath(spans, ['reconcile deployment', 'publish deployments']).found).toBe(false);
    expect(findPath(spans, ['reconcile replicaset', 'PATCH /deployments']).found).toBe(false);
  });

  it('says how far it came and what is missing', () => {
    const result = findPath(spans, ['PATCH /deployments', 'reconcile deployment', 'schedule pod', 'bind']);
    expect(result).toMatchObject({ found: false, missing: 'schedule pod' });
    expect(!result.found && result.reached.map((step) => step.spanId)).toEqual(['1', '4']);
  });

  it('reports the first step when nothing fits', () => {
    expect(findPath(spans, ['nothing'])).toEqual({ found: false, reached: [], missing: 'nothing' });
    expect(findPath([], [])).toEqual({ found: true, path: [] });
  });

  it('stays fast on many equal names', () => {
    const many = Array.from({ length: 400 }, (_, i) => span(`n${i}`, { name: 'x', ...(i === 0 ? {} : { parent: `n${i - 1}` }), start: i, seq: i }));
    expect(findPath(many, [...Array.from({ length: 30 }, () => 'x'), 'never']).found).toBe(false);
  });
});

describe('renderTrace', () => {
  it('draws names, objects, plugins, offsets and failures', () => {
    const text = renderTrace([
      span('1', { name: 'PATCH /deployments/{name}', scope: 'apiserver', start: 1000, end: 1012.3, attributes: { 'keelson.object.namespace': 'default', 'keelson.object.name': 'web', 'http.response.status_code': 200 } }),
      span('2', { name: 'store txn deployments', parent: '1', scope: 'storage', start: 1001, end: 1001.42 }),
      span('3', { name: 'reconcile deployment', parent: '1', start: 1013, end: 2513, attributes: { 'keelson.plugin.name': '@keelson/controller-deployment', 'keelson.attempt': 2 }, status: { code: SpanStatusCode.ERROR, message: 'conflict' } }),
    ]);
    expect(text).toBe([
      'PATCH /deployments/{name}  +0.00ms  12.3ms  default/web [apiserver] 200',
      '├─ store txn deployments   +1.00ms  0.42ms  [storage]',
      '└─ reconcile deployment    +13.0ms   1.50s  [@keelson/controller-deployment] attempt 2 ERROR conflict',
    ].join('\n'));
  });

  it('cuts long trees and says so', () => {
    const many = Array.from({ length: 20 }, (_, i) => span(`s${i}`, i === 0 ? {} : { parent: 's0', seq: i }));
    expect(renderTrace(many, { maxLines: 5 }).split('\n').at(-1)).toBe('… 15 more spans');
    expect(renderTrace([])).toBe('no spans');
  });

  it('writes durations for people', () => {
    expect([0.4249, 12.34, 999.94, 1500, 245_000].map(formatDuration)).toEqual(['0.42ms', '12.3ms', '999.9ms', '1.50s', '4m05s']);
  });
});
