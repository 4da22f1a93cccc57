import type { KubeObject, ManagedFieldsEntry } from '@keelson/api';
import type { TypeSchema } from '@keelson/api/schema';
import fc from 'fast-check';
import { applyConfiguration, managerName, recordUpdate, type Writer } from './index.ts';
import { difference, eachMember, equalSets, intersection, union, type FieldSet } from './field-set.ts';
import { formatPath } from './path-element.ts';

const deployment: TypeSchema = { type: 'ref', name: 'io.k8s.api.apps.v1.Deployment' };
const pod: TypeSchema = { type: 'ref', name: 'io.k8s.api.core.v1.Pod' };
const by = (manager: string, rest: Partial<Writer> = {}): Writer => ({ manager, apiVersion: 'apps/v1', subresource: '', time: '2026-01-01T00:00:00Z', ...rest });

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
function object(rest: object, metadata: object = {}): KubeObject {
  return frozen({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'ns', ...metadata }, ...rest }) as unknown as KubeObject;
}
const apply = (live: KubeObject | undefined, config: KubeObject, manager: string, force = false) =>
  frozen(applyConfiguration({ live, config, schema: deployment, writer: by(manager), force }).object);
function update(live: KubeObject | undefined, next: KubeObject, manager: string, schema = deployment): KubeObject {
  const managedFields = recordUpdate({ live, next, schema, writer: by(manager) });
  return frozen({ ...next, metadata: { ...next.metadata, managedFields } }) as unknown as KubeObject;
}
const fieldsOf = (live: KubeObject, manager: string) => live.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1 as FieldSet | undefined;
const paths = (set: FieldSet | undefined) => {
  const found: string[] = [];
  eachMember(set ?? {}, (path) => found.push(formatPath(path)));
  return found.sort();
};
const template = (...containers: object[]) => ({ template: { spec: { containers } } });

describe('what a create or update owns', () => {
  it('is everything that it brought, containers too, as upstream writes it', () => {
    const made = update(undefined, object({ spec: { replicas: 1, ...template({ name: 'a', image: '1', ports: [{ containerPort: 80 }] }) } }, { labels: { app: 'x' }, uid: 'u', generation: 1 }), 'kubectl-create');
    expect(made.metadata.managedFields).toEqual([
      {
        apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'kubectl-create', operation: 'Update', time: '2026-01-01T00:00:00Z',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            '.': {}, 'f:replicas': {},
            'f:template': { '.': {}, 'f:spec': { '.': {}, 'f:containers': { '.': {}, 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } } } } },
          },
        },
      },
    ]);
  });

  it('moves with changes, and goes with removals', () => {
    const first = update(undefined, object({ spec: { replicas: 1, paused: true, minReadySeconds: 3 } }), 'one');
    const second = update(first, object({ spec: { replicas: 2, paused: true } }, { managedFields: first.metadata.managedFields }), 'two');
    expect(paths(fieldsOf(second, 'one'))).toEqual(['.spec', '.spec.paused']);
    expect(paths(fieldsOf(second, 'two'))).toEqual(['.spec.replicas']);
    const same = recordUpdate({ live: second, next: object({ spec: { replicas: 2, paused: true } }), schema: deployment, writer: by('three') });
    expect(same).toBe(second.metadata.managedFields);
  });

  it('is kept apart by subresource, can be reset, and is capped', () => {
    const live = update(undefined, object({ spec: { replicas: 1 } }), 'one');
    const entries = recordUpdate({ live, next: object({ spec: { replicas: 1 }, status: { replicas: 1 } }), schema: deployment, writer: by('one', { subresource: 'status' }) });
    expect(entries?.map(({ manager, subresource }) => [manager, subresource])).toEqual([['one', undefined], ['one', 'status']]);
    expect(recordUpdate({ live, next: object({ spec: {} }, { managedFields: [{}] }), schema: deployment, writer: by('one') })).toBeUndefined();
    let many = live;
    for (let count = 0; count < 30; count += 1) {
      const next = object({ spec: { replicas: 1 } }, { labels: { ...many.metadata.labels, [`l${count}`]: 'x' } });
      const managedFields = recordUpdate({ live: many, next, schema: deployment, writer: by(`m${count}`, { time: `2026-01-01T00:00:${String(count + 10)}Z` }) });
      many = frozen({ ...next, metadata: { ...next.metadata, managedFields } }) as unknown as KubeObject;
    }
    expect(many.metadata.managedFields).toHaveLength(10);
    expect(many.metadata.managedFields?.map(({ manager }) => manager)).toContain('ancient-changes');
    expect(paths(fieldsOf(many, 'ancient-changes'))).toContain('.metadata.labels.l3');
  });

  it('follows list types: atomic whole, sets by value, keyed lists that repeat a key whole', () => {
    const live = update(undefined, object({ spec: { containers: [{ name: 'a', args: ['x'] }, { name: 'a' }], tolerations: [{ key: 'k' }], nodeSelector: { z: '1' } } }, { finalizers: ['f'] }), 'one', pod);
    expect(paths(fieldsOf(live, 'one'))).toEqual(['.metadata.finalizers', '.metadata.finalizers[="f"]', '.spec', '.spec.containers', '.spec.nodeSelector', '.spec.tolerations']);
  });
});

describe('server-side apply', () => {
  const config = object({ spec: { replicas: 3, ...template({ name: 'a', image: '1' }) } });

  it('creates and owns what it states', () => {
    const live = apply(undefined, config, 'ann');
    expect(live).toMatchObject({ spec: { replicas: 3 } });
    expect(paths(fieldsOf(live, 'ann'))).toEqual(['.spec.replicas', '.spec.template.spec.containers[name="a"]', '.spec.template.spec.containers[name="a"].image', '.spec.template.spec.containers[name="a"].name']);
    expect(applyConfiguration({ live, config, schema: deployment, writer: by('ann'), force: false })).toEqual({ object: live, changed: false });
  });

  it('removes what it no longer states, unless somebody else owns it', () => {
    const live = apply(undefined, object({ spec: { replicas: 3, minReadySeconds: 5, ...template({ name: 'a', image: '1' }, { name: 'b', image: '1' }) } }, { labels: { x: '1' } }), 'ann');
    const shared = apply(live, object({ spec: { minReadySeconds: 5, ...template({ name: 'b', image: '1' }) } }), 'bob');
    const next = apply(shared, object({ spec: template({ name: 'a', image: '2' }) }), 'ann') as unknown as { metadata: { labels?: object }; spec: { replicas?: number; minReadySeconds: number; template: { spec: { containers: object[] } } } };
    expect(next.spec.replicas).toBeUndefined();
    expect(next.metadata.labels).toBeUndefined();
    expect(next.spec.minReadySeconds).toBe(5);
    expect(next.spec.template.spec.containers).toEqual([{ name: 'a', image: '2' }, { name: 'b', image: '1' }]);
  });

  it('keeps what nobody owned (defaults) and the order of foreign items', () => {
    const live = object({ spec: { replicas: 1, revisionHistoryLimit: 10, ...template({ name: 's' }, { name: 'a', image: '1', imagePullPolicy: 'Always' }) } }, { managedFields: apply(undefined, object({ spec: template({ name: 'a', image: '1' }) }), 'ann').metadata.managedFields });
    const next = apply(live, object({ spec: template({ name: 'n' }, { name: 'a', image: '2' }) }), 'ann');
    expect(next).toMatchObject({ spec: { revisionHistoryLimit: 10, template: { spec: { containers: [{ name: 's' }, { name: 'n' }, { name: 'a', image: '2', imagePullPolicy: 'Always' }] } } } });
  });

  it('refuses to take what others changed, in upstream\'s words, and takes it when forced', () => {
    const live = apply(undefined, config, 'ann');
    const scaled = update(live, object({ spec: { replicas: 5, ...template({ name: 'a', image: '1' }) } }, { managedFields: live.metadata.managedFields }), 'hpa');
    let caught: { message?: string; details?: { causes?: object[] }; httpCode?: number } = {};
    try {
      apply(scaled, config, 'ann');
    } catch (error) {
      caught = error as typeof caught;
    }
    expect(caught).toMatchObject({
      message: 'Apply failed with 1 conflict: conflict with "hpa" using apps/v1: .spec.replicas', httpCode: 409,
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "hpa" using apps/v1', field: '.spec.replicas' }] },
    });
    const forced = apply(scaled, config, 'ann', true);
    expect(forced).toMatchObject({ spec: { replicas: 3 } });
    expect(fieldsOf(forced, 'hpa')).toBeUndefined();
  });

  it('lists several conflicts by manager', () => {
    const live = apply(undefined, object({ spec: { replicas: 1, ...template({ name: 'a', image: '1' }) } }), 'ann');
    expect(() => apply(live, object({ spec: { replicas: 2, ...template({ name: 'a', image: '2' }) } }), 'bob')).toThrow(
      'Apply failed with 2 conflicts: conflicts with "ann":\n- .spec.replicas\n- .spec.template.spec.containers[name="a"].image',
    );
  });

  it('lets managers share equal values, and treats untracked objects as owned before', () => {
    const live = apply(apply(undefined, config, 'ann'), config, 'bob');
    expect(paths(fieldsOf(live, 'ann'))).toEqual(paths(fieldsOf(live, 'bob')));
    const untracked = object({ spec: { replicas: 1 } });
    expect(() => apply(untracked, config, 'ann')).toThrow('conflict with "before-first-apply" using apps/v1: .spec.replicas');
    expect(() => apply(live, object({}, { managedFields: [{ manager: 'x' }] }), 'ann')).toThrow('metadata.managedFields must be nil');
  });

  it('ignores members that the endpoint does not take', () => {
    const result = applyConfiguration({ live: undefined, config: object({ spec: { replicas: 1 }, status: { replicas: 9 } }), schema: deployment, writer: by('ann'), force: false, ignored: (member) => member === 'status' });
    expect(result.object).not.toHaveProperty('status');
    expect(paths(fieldsOf(result.object, 'ann'))).toEqual(['.spec.replicas']);
  });

  it('gives each applier its own say, in any order (property)', () => {
    const item = fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') });
    const wish = fc.record({ replicas: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }), containers: fc.uniqueArray(item, { selector: ({ name }) => name, maxLength: 3 }), labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { noNullPrototype: true }) });
    const build = ({ replicas, containers, labels }: { replicas: number | undefined; containers: object[]; labels: Record<string, string> }) =>
      object({ spec: { ...(replicas === undefined ? {} : { replicas }), ...(containers.length === 0 ? {} : template(...containers)) } }, Object.keys(labels).length === 0 ? {} : { labels });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('ann', 'bob'), wish), { minLength: 1, maxLength: 6 }), (steps) => {
        let live: KubeObject | undefined;
        for (const [manager, wanted] of steps) {
          live = apply(live, build(wanted), manager, true);
          // The applier gets all that it asked for; applying again changes nothing.
          expect(apply(live, build(wanted), manager)).toBe(live);
          // What exists is owned by somebody, and what is owned exists.
          const owned = (live.metadata.managedFields ?? []).reduce<FieldSet>((sum, entry: ManagedFieldsEntry) => union(sum, entry.fieldsV1 as FieldSet), {});
          const existing = applyConfiguration({ live: undefined, config: object({ spec: (live as unknown as { spec?: object }).spec ?? {} }, live.metadata.labels === undefined ? {} : { labels: live.metadata.labels }), schema: deployment, writer: by('all'), force: true });
          const leaves = (set: FieldSet | undefined) => paths(set).filter((path) => /replicas|image|labels\./.test(path));
          expect(leaves(owned)).toEqual(leaves(fieldsOf(existing.object, 'all')));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('field sets', () => {
  it('behave as sets of paths (property)', () => {
    const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"n":1}'), { minLength: 1, maxLength: 3 });
    const build = (list: string[][]) => list.reduce<FieldSet>((set, steps) => union(set, [...steps].reverse().reduce<FieldSet>((inner, step) => ({ [step]: inner }), {})), {});
    const texts = (set: FieldSet) => paths(set);
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), fc.array(path, { maxLength: 6 }), (left, right) => {
        const [a, b] = [build(left), build(right)];
        const [x, y] = [new Set(left.map(formatPath)), new Set(right.map(formatPath))];
        expect(texts(a)).toEqual([...x].sort());
        expect(texts(union(a, b))).toEqual([...new Set([...x, ...y])].sort());
        expect(texts(difference(a, b))).toEqual([...x].filter((p) => !y.has(p)).sort());
        expect(texts(intersection(a, b))).toEqual([...x].filter((p) => y.has(p)).sort());
        expect(equalSets(a, build([...left].reverse()))).toBe(true);
      }),
    );
  });

  it('are named after the program that asks', () => {
    expect(managerName('mine', 'kubectl/v1.30')).toBe('mine');
    expect(managerName(undefined, 'kubectl/v1.30 (linux/amd64)')).toBe('kubectl');
    expect(managerName('', undefined)).toBe('unknown');
  });
});
