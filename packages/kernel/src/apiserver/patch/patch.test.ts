import fc from 'fast-check';
import { applyPatch as libraryApply, createPatch } from 'rfc6902';
import type { TypeSchema } from '@keelson/api/schema';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from './index.ts';

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.boolean(), fc.constantFrom('', 'a', 'b/c', '~'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'e~f'), tie('value'), { maxKeys: 3 })),
})).value;
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), json, { maxKeys: 3, noNullPrototype: true });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('JSON patch', () => {
  it('turns a frozen document into what the reference library makes of it (property)', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        const [a, b] = [plain(from), plain(to)] as [object, object];
        const patch = createPatch(a, b);
        const reference = plain(a);
        libraryApply(reference, plain(patch) as typeof patch);
        expect(applyJsonPatch(frozen(a), patch)).toEqual(reference);
      }),
      { numRuns: 300 },
    );
  });

  it('shares what it does not touch', () => {
    const document = frozen({ a: { x: 1 }, b: { y: 2 } });
    const next = applyJsonPatch(document, [{ op: 'replace', path: '/a/x', value: 2 }]);
    expect(next).toEqual({ a: { x: 2 }, b: { y: 2 } });
    expect(next.b).toBe(document.b);
  });

  it.each<[unknown[], unknown]>([
    [[{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2] }],
    [[{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 9] }],
    [[{ op: 'move', from: '/list/0', path: '/first' }], { list: [2], first: 1 }],
    [[{ op: 'copy', from: '/list', path: '/again' }], { list: [1, 2], again: [1, 2] }],
    [[{ op: 'test', path: '/missing', value: null }], { list: [1, 2] }],
    [[{ op: 'add', path: '/__proto__', value: { polluted: true } }, { op: 'remove', path: '/__proto__' }], { list: [1, 2] }],
    [[{ op: 'add', path: '', value: { whole: 1 } }], { whole: 1 }],
  ])('%j', (patch, expected) => {
    expect(applyJsonPatch(frozen({ list: [1, 2] }), patch)).toEqual(expected);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each<[unknown, number, string]>([
    [{ op: 'add' }, 400, 'list of operations'],
    [[{ op: 'add' }], 400, 'no path'],
    [[{ op: 'replace', path: '/missing', value: 1 }], 422, 'replace operation does not apply: doc is missing key: "/missing": missing value'],
    [[{ op: 'add', path: '/missing/x', value: 1 }], 422, 'add operation does not apply: doc is missing path: "/missing/x": missing value'],
    [[{ op: 'remove', path: '/missing' }], 422, 'Unable to remove nonexistent key: missing'],
    [[{ op: 'test', path: '/list/0', value: 2 }], 422, 'testing value /list/0 failed: test failed'],
    [[{ op: 'add', path: '/list/7', value: 2 }], 422, 'Unable to access invalid index: 7'],
    [[{ op: 'move', from: '/list', path: '/list/0' }], 422, 'into itself'],
    [Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: 1 })), 413, 'The allowed maximum operations in a JSON patch is 10000, got 10001'],
    [Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '', path: `/c${i}` })), 413, 'copy'],
  ])('refuses %.60j', (patch, httpCode, text) => {
    let caught: { httpCode?: number; message?: string } = {};
    try {
      applyJsonPatch(frozen({ list: [1, 2] }), patch);
    } catch (error) {
      caught = error as typeof caught;
    }
    expect(caught.httpCode).toBe(httpCode);
    expect(caught.message).toContain(text);
  });
});

describe('merge patch', () => {
  // The examples of RFC 7396, appendix A, that have an object on both sides.
  it.each<[object, object, object]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j', (document, patch, expected) => {
    expect(applyMergePatch(frozen(document), frozen(patch))).toEqual(expected);
  });
  it('is idempotent and refuses what is no object', () => {
    fc.assert(fc.property(object, object, (document, patch) => {
      const once = applyMergePatch(frozen(plain(document)) as object, plain(patch));
      expect(applyMergePatch(once, plain(patch))).toEqual(once);
    }));
    expect(() => applyMergePatch({}, [1])).toThrow('merge patch is a JSON object');
  });
});

describe('strategic merge patch', () => {
  const pod: TypeSchema = { type: 'ref', name: 'io.k8s.api.core.v1.Pod' };
  const deployment: TypeSchema = { type: 'ref', name: 'io.k8s.api.apps.v1.Deployment' };
  const merge = (document: object, patch: object, schema = pod) => applyStrategicMergePatch(frozen(document), frozen(patch), schema);
  const spec = (containers: object[], rest: object = {}) => ({ spec: { containers, ...rest } });

  it.each<[string, object, object, object]>([
    ['merges items by key', spec([{ name: 'a', image: '1' }, { name: 'b', image: '1' }]), spec([{ name: 'b', image: '2' }]), spec([{ name: 'a', image: '1' }, { name: 'b', image: '2' }])],
    ['puts a new item first when nothing orders it', spec([{ name: 'a' }]), spec([{ name: 'n', image: '1' }]), spec([{ name: 'n', image: '1' }, { name: 'a' }])],
    ['deletes an item', spec([{ name: 'a' }, { name: 'b' }]), spec([{ $patch: 'delete', name: 'a' }]), spec([{ name: 'b' }])],
    ['replaces a list', spec([{ name: 'a' }, { name: 'b' }]), spec([{ $patch: 'replace' }, { name: 'c' }]), spec([{ name: 'c' }])],
    ['replaces an object', { metadata: { labels: { a: '1' }, name: 'x' } }, { metadata: { labels: { $patch: 'replace', b: '2' } } }, { metadata: { labels: { b: '2' }, name: 'x' } }],
    ['empties an object', { metadata: { labels: { a: '1' } } }, { metadata: { labels: { $patch: 'delete' } } }, { metadata: { labels: {} } }],
    ['deletes by null', { metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { a: null, z: null } } }, { metadata: { labels: { b: '2' } } }],
    ['leaves out nulls of what is new', { metadata: {} }, { metadata: { labels: { a: null, b: '1' } } }, { metadata: { labels: { b: '1' } } }],
    ['replaces atomic lists', spec([{ name: 'a', args: ['1', '2'] }]), spec([{ name: 'a', args: ['3'] }]), spec([{ name: 'a', args: ['3'] }])],
    ['replaces tolerations', spec([], { tolerations: [{ key: 'a' }] }), { spec: { tolerations: [{ key: 'b' }] } }, spec([], { tolerations: [{ key: 'b' }] })],
    ['adds to lists of words without doubles', { metadata: { finalizers: ['a', 'b'] } }, { metadata: { finalizers: ['b', 'c'] } }, { metadata: { finalizers: ['a', 'b', 'c'] } }],
    ['removes from lists of words', { metadata: { finalizers: ['a', 'b', 'c'] } }, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a', 'c'] } }, { metadata: { finalizers: ['b'] } }],
    ['orders', spec([{ name: 'a' }, { name: 'b' }, { name: 'c' }]), { spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }, { name: 'b' }] } }, spec([{ name: 'c' }, { name: 'a' }, { name: 'b' }])],
    [
      'orders with an addition, around what only the server has',
      spec([{ name: 's' }, { name: 'a' }]),
      { spec: { '$setElementOrder/containers': [{ name: 'n' }, { name: 'a' }], containers: [{ name: 'n', image: '1' }] } },
      spec([{ name: 'n', image: '1' }, { name: 's' }, { name: 'a' }]),
    ],
    [
      'keeps only named keys of a volume',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
      { spec: { volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/x' } }] } },
      { spec: { volumes: [{ name: 'v', hostPath: { path: '/x' } }] } },
    ],
    [
      'merges nested lists',
      spec([{ name: 'a', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '2' }], ports: [{ containerPort: 80 }] }]),
      spec([{ name: 'a', env: [{ name: 'Y', value: '3' }], ports: [{ containerPort: 81 }] }]),
      spec([{ name: 'a', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '3' }], ports: [{ containerPort: 81 }, { containerPort: 80 }] }]),
    ],
  ])('%s', (_, document, patch, expected) => {
    expect(merge(document, patch)).toEqual(expected);
  });

  it('retains keys of an object: a deployment strategy changes its kind', () => {
    expect(merge({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, deployment)).toEqual({ spec: { strategy: { type: 'Recreate' } } });
  });

  it.each<[object, string]>([
    [spec([{ image: 'x' }]), 'does not contain declared merge key: name'],
    [spec([{ $patch: 'delete' }]), 'no merge key defined'],
    [{ spec: { $patch: 'shuffle' } }, 'unknown patch type: shuffle'],
    [{ spec: { $retainKeys: ['a'], b: 1 } }, 'invalid patch format of retainKeys'],
    [{ spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a' }, { name: 'b' }] } }, "doesn't match $setElementOrder list"],
    [{ metadata: { '$deleteFromPrimitiveList/finalizers': 'a' } }, 'invalid patch format of primitive list'],
  ])('refuses %j', (patch, message) => {
    expect(() => merge({ metadata: {}, ...spec([{ name: 'a' }, { name: 'b' }]) }, patch)).toThrow(message);
  });

  it('shares what it does not touch, and applying twice changes nothing more (property)', () => {
    const document = frozen({ metadata: { name: 'x' }, spec: { containers: [{ name: 'a' }] } });
    expect((merge(document, { spec: { nodeName: 'n' } }) as typeof document).metadata).toBe(document.metadata);
    const container = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('1', '2') });
    const list = fc.uniqueArray(container, { selector: (item) => item.name, maxLength: 4 });
    fc.assert(fc.property(list, list, fc.dictionary(fc.constantFrom('l', 'm'), fc.constantFrom('1', null), { noNullPrototype: true }), (before, change, labels) => {
      const patch = { ...spec(change), metadata: { labels } };
      const once = merge({ ...spec(before), metadata: { labels: { l: '0' } } }, patch) as { spec: { containers: { name: string; image: string }[] } };
      expect(merge(once, patch)).toEqual(once);
      const names = new Set([...before, ...change].map((item) => item.name));
      expect(once.spec.containers.map((item) => item.name).sort()).toEqual([...names].sort());
      for (const item of change) expect(once.spec.containers).toContainEqual(item);
      // Items that the patch names stand in its order, those it does not in the server's.
      const order = (wanted: { name: string }[]) => once.spec.containers.map((item) => item.name).filter((name) => wanted.some((item) => item.name === name));
      expect(order(change)).toEqual(change.map((item) => item.name));
    }));
  });
});
