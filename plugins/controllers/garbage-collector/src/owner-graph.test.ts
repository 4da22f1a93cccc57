import fc from 'fast-check';
import { AbsentOwners } from './absent-owners.ts';
import type { GraphNode, Identity } from './graph-node.ts';
import { OwnerGraph, type ObservedObject } from './owner-graph.ts';

const identity = (id: number, namespace = 'ns'): Identity => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: `n${id}`, uid: `u${id}` });
const reference = (id: number, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `n${id}`, uid: `u${id}`, ...more });
const object = (id: number, owners: readonly number[] = [], more: Partial<ObservedObject> = {}): ObservedObject => ({
  identity: identity(id), owners: owners.map((owner) => reference(owner)), beingDeleted: false, foreground: false, orphan: false, revision: 1, ...more,
});

function world() {
  const said = { deletes: [] as string[], orphans: [] as string[], absent: [] as string[], invalid: [] as string[] };
  const graph = new OwnerGraph({
    attemptToDelete: (node) => said.deletes.push(node.identity.uid),
    attemptToOrphan: (node) => said.orphans.push(node.identity.uid),
    ownerAbsent: ({ uid }) => said.absent.push(uid),
    invalidNamespace: (dependent, { uid }) => said.invalid.push(`${dependent.identity.uid}->${uid}`),
  });
  return { graph, said };
}

const dependents = (node: GraphNode | undefined) => [...(node?.dependents ?? [])].map(({ identity: { uid } }) => uid).sort();

test('whatever the order of sight, the graph is the same', () => {
  const objects = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(objects, fc.infiniteStream(fc.integer({ min: 0, max: 1000 })), (owners, chance) => {
    const order = owners.map((_, id) => ({ id, by: chance.next().value as number })).sort((a, b) => a.by - b.by || a.id - b.id);
    const { graph } = world();
    for (const { id } of order) graph.observe(object(id, owners[id]));
    expect(graph.size).toBe(8);
    for (let id = 0; id < 8; id++) {
      expect(graph.get(`u${id}`)?.virtual).toBe(false);
      expect(dependents(graph.get(`u${id}`))).toEqual(owners.flatMap((of, dependent) => (of.includes(id) ? [`u${dependent}`] : [])).sort());
    }
    for (const { id } of order) graph.remove(graph.get(`u${id}`)!);
    expect(graph.size).toBe(0);
  }), { numRuns: 200, seed: 5 });
});

test('an unseen owner is asked about once, and goes when nobody finds it', () => {
  const { graph, said } = world();
  graph.observe(object(1, [0]));
  graph.observe(object(2, [0]));
  expect(said.deletes).toEqual(['u0']);
  said.deletes.length = 0;
  graph.notFound(identity(0));
  expect(graph.get('u0')).toBeUndefined();
  expect(said).toMatchObject({ deletes: ['u1', 'u2'], absent: ['u0'] });
});

test('an unseen owner that is named differently is looked for under every name', () => {
  const { graph, said } = world();
  graph.observe(object(1, [], { owners: [{ ...reference(0), name: 'wrong' }] }));
  graph.observe(object(2, [0]));
  said.deletes.length = 0;
  graph.notFound({ ...identity(0), name: 'wrong' });
  expect(graph.get('u0')?.identity.name).toBe('n0');
  expect(said.deletes).toEqual(['u1', 'u0']);
  graph.observe(object(0));
  expect(graph.get('u0')).toMatchObject({ virtual: false, identity: { name: 'n0' } });
});

test('a live look that misses an owner under a wrong name does not take the real one out', () => {
  const { graph, said } = world();
  graph.observe(object(0));
  graph.observe(object(1, [], { owners: [{ ...reference(0), name: 'wrong' }] }));
  expect(said.deletes).toEqual(['u1']);
  graph.notFound({ ...identity(0), name: 'wrong' });
  expect(graph.get('u0')).toBeDefined();
  expect(said.absent).toEqual(['u0']);
});

test('each way of deletion is taken up once', () => {
  const { graph, said } = world();
  graph.observe(object(0));
  graph.observe(object(1, [0]));
  graph.observe(object(0, [], { beingDeleted: true, foreground: true, revision: 2 }));
  expect(said.deletes).toEqual(['u1', 'u0']);
  graph.observe(object(0, [], { beingDeleted: true, foreground: true, revision: 3 }));
  expect(said.deletes).toHaveLength(2);
  graph.observe(object(2, [], { beingDeleted: true, orphan: true }));
  graph.observe(object(2, [], { beingDeleted: true, orphan: true, revision: 2 }));
  expect(said.orphans).toEqual(['u2']);
});

test('an owner of another namespace is reported, whichever comes first', () => {
  for (const ownerFirst of [true, false]) {
    const { graph, said } = world();
    const sights = [() => graph.observe(object(0, [], { identity: identity(0, 'elsewhere') })), () => graph.observe(object(1, [0]))];
    for (const sight of ownerFirst ? sights : [...sights].reverse()) sight();
    expect(said.invalid).toEqual(['u1->u0']);
    expect(said.deletes).toContain('u1');
  }
});

test('absent owners are remembered up to a number, the least used go first', () => {
  const absent = new AbsentOwners(2);
  absent.add(identity(0));
  absent.add(identity(1));
  expect(absent.has(identity(0))).toBe(true);
  absent.add(identity(2));
  expect([0, 1, 2].map((id) => absent.has(identity(id)))).toEqual([true, false, true]);
  expect(absent.has(identity(0, 'other'))).toBe(false);
});
