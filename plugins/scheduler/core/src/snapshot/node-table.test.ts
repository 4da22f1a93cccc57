import type { NodeAttribute, PodInfo } from '@keelson/sdk/scheduler';
import { seededRandom } from '@keelson/sdk';
import { node, pod } from '../testdata/objects.ts';
import { NodeTable } from './node-table.ts';
import { PodCache } from './pod-cache.ts';
import { podInfoOf } from './pod-info.ts';

const zone: NodeAttribute<string> = { name: 'zone', of: ({ metadata }) => metadata.labels?.['zone'] ?? '', key: (value) => value };

describe('NodeTable', () => {
  it('keeps the sums of any sequence of changes equal to what counting afresh gives', () => {
    const random = seededRandom('table');
    const table = new NodeTable();
    const cache = new PodCache(table);
    const placed = new Map<string, { info: PodInfo; on: string }>();
    const nodes = new Set<string>();
    for (let step = 0; step < 3000; step++) {
      const name = `n${random.int(40)}`;
      const key = `p${random.int(200)}`;
      const what = random.int(10);
      if (what < 3) {
        cache.setNode(node(name, { labels: { zone: `z${random.int(4)}` }, allocatable: random.int(2) === 0 ? { 'example.org/gpu': '4' } : {} }));
        nodes.add(name);
      } else if (what === 3) {
        cache.removeNode(name);
        nodes.delete(name);
      } else if (what < 8) {
        const info = podInfoOf(pod(key, { cpu: `${random.int(500)}m`, 'example.org/gpu': String(random.int(2)) }));
        (random.int(2) === 0 ? () => cache.assume(info, name) : () => cache.confirm(info, name))();
        placed.set(info.key, { info, on: name });
      } else {
        cache.remove(`default/${key}`);
        placed.delete(`default/${key}`);
      }
    }
    expect(table.nodeCount).toBe(nodes.size);
    expect([...table.order].map((row) => table.nodeAt(row).metadata.name).sort()).toEqual([...nodes].sort());
    const column = table.attribute(zone);
    for (const name of nodes) {
      const row = table.rowOf(name)!;
      const here = [...placed.values()].filter(({ on }) => on === name).map(({ info }) => info);
      const sum = (resource: string, of: 'requests' | 'requestsNonZero') => here.reduce((total, info) => total + (info[of].get(resource) ?? 0), 0);
      expect(table.podCount[row]).toBe(here.length);
      expect(table.resource('cpu')!.requested[row]).toBe(sum('cpu', 'requests'));
      expect(table.resource('cpu')!.requestedNonZero[row]).toBe(sum('cpu', 'requestsNonZero'));
      expect(table.resource('memory')!.requestedNonZero[row]).toBe(sum('memory', 'requestsNonZero'));
      expect(table.resource('example.org/gpu')!.requested[row]).toBe(sum('example.org/gpu', 'requests'));
      expect(column.values[column.ids[row]!]).toBe(table.nodeAt(row).metadata.labels!['zone']);
    }
  });

  it('shares one entry between nodes with equal values and uses entries again', () => {
    const table = new NodeTable();
    for (let index = 0; index < 100; index++) table.setNode(node(`n${index}`, { labels: { zone: `z${index % 3}` } }));
    const column = table.attribute(zone);
    expect(column.values).toEqual(['z0', 'z1', 'z2']);
    for (let index = 0; index < 100; index++) table.setNode(node(`n${index}`, { labels: { zone: `y${index % 3}` } }));
    expect(column.values.filter((value) => value !== undefined).sort()).toEqual(['y0', 'y1', 'y2']);
    expect(column.values.length).toBeLessThanOrEqual(6);
  });

  it('orders nodes by zones in turn', () => {
    const table = new NodeTable();
    const at = (name: string, value: string) => table.setNode(node(name, { labels: { 'topology.kubernetes.io/zone': value } }));
    at('a1', 'a'); at('a2', 'a'); at('a3', 'a'); at('b1', 'b'); at('c1', 'c');
    expect([...table.order].map((row) => table.nodeAt(row).metadata.name)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('tells what a node has and what is asked of it, in the simple form too', () => {
    const table = new NodeTable();
    table.setNode({ ...node('n'), status: { allocatable: { cpu: '2' }, images: [{ names: ['example.org/app:latest', 'example.org/other@sha256:1'] }] } });
    const row = table.rowOf('n')!;
    table.addPod(row, podInfoOf(pod('p', { cpu: '500m' })));
    const view = table.view(row);
    expect([view.name, view.podCount, view.allocatable('cpu'), view.requested('cpu'), view.requested('none')]).toEqual(['n', 1, 2000, 500, 0]);
    expect(['example.org/app', 'example.org/app:latest', 'example.org/app:1', 'example.org/other@sha256:1'].map((image) => view.hasImage(image))).toEqual([true, true, false, true]);
  });

  it('bounds the columns that users can ask for', () => {
    const table = new NodeTable();
    table.setNode(node('n', { labels: { 'k0': 'x' } }));
    const key = (index: number): NodeAttribute<string> => ({ name: `k${index}`, of: ({ metadata }) => metadata.labels?.[`k${index}`] ?? '', key: (value) => value });
    for (let index = 0; index < 1000; index++) table.attribute(key(index));
    const column = table.attribute(key(0));
    expect(column.values[column.ids[table.rowOf('n')!]!]).toBe('x');
  });
});

describe('PodCache', () => {
  it('counts a pod that is known before its node, and one whose node went and came back', () => {
    const table = new NodeTable();
    const cache = new PodCache(table);
    cache.confirm(podInfoOf(pod('p', { cpu: '1' })), 'n');
    cache.setNode(node('n'));
    expect(table.resource('cpu')!.requested[table.rowOf('n')!]).toBe(1000);
    cache.removeNode('n');
    cache.setNode(node('n'));
    expect(table.resource('cpu')!.requested[table.rowOf('n')!]).toBe(1000);
    cache.removeNode('n');
    cache.remove('default/p');
    cache.setNode(node('n'));
    expect(table.podCount[table.rowOf('n')!]).toBe(0);
  });

  it('forgets an assumption, but not what the API server has said', () => {
    const table = new NodeTable();
    const cache = new PodCache(table);
    cache.setNode(node('a'));
    cache.setNode(node('b'));
    const info = podInfoOf(pod('p', { cpu: '1' }));
    cache.assume(info, 'a');
    expect(cache.isAssumed('default/p')).toBe(true);
    cache.forget('default/p');
    expect(table.podCount[table.rowOf('a')!]).toBe(0);
    cache.assume(info, 'a');
    cache.confirm(info, 'b');
    cache.forget('default/p');
    expect([table.podCount[table.rowOf('a')!], table.podCount[table.rowOf('b')!]]).toEqual([0, 1]);
  });
});
