import { Pod, Service } from '@keelson/api/core/v1';
import { Deployment } from '@keelson/api/apps/v1';
import type { Kind, KubeObject } from '@keelson/api';
import type { TypeSchema } from '@keelson/api/schema';
import { createdFieldsText } from './created-fields.ts';
import { recordUpdate, type Writer } from './ownership.ts';

const writer: Writer = { manager: 'a "quoted" one', apiVersion: 'v1', subresource: '', time: '2026-01-01T00:00:00Z' };

const schemaOf = (kind: Kind | undefined): TypeSchema | undefined => (kind === undefined ? undefined : { type: 'ref', name: kind.definition });

function both(object: object, kind: Kind | undefined, by: Writer = writer): readonly [text: unknown, sets: unknown] {
  const next = object as KubeObject;
  const text = createdFieldsText(next, schemaOf(kind), by);
  return [text === undefined ? undefined : JSON.parse(text), recordUpdate({ live: undefined, next, schema: schemaOf(kind), writer: by })];
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'a', namespace: 'b', uid: 'c', labels: { app: 'x', 'a.b/c': '' }, annotations: {}, finalizers: ['f/one', 'f/two'],
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u' }],
  },
  spec: {
    containers: [
      { name: 'main', image: 'i', ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }], env: [{ name: 'A', value: '"' }], args: ['x'], resources: { limits: { cpu: '1' } } },
      { name: 'twice', env: [{ name: 'A' }, { name: 'A' }], volumeMounts: [], securityContext: {} },
    ],
    tolerations: [{ key: 'a' }],
    nodeSelector: { disk: 'ssd' },
    affinity: null,
    unheardOf: { deep: { er: [1] } },
  },
  status: {},
};

describe('createdFieldsText', () => {
  it.each([
    ['a pod', pod, Pod],
    ['a service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }, { port: 80, protocol: 'UDP' }], selector: { a: 'b' }, clusterIPs: ['1.1.1.1'] } }, Service],
    ['a template in a template', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { template: { metadata: pod.metadata, spec: pod.spec } } }, Deployment],
    ['a kind without schema', { apiVersion: 'x/v1', kind: 'Y', metadata: { name: 'y', labels: { a: 'b' } }, spec: { list: [{ name: 'a' }], map: { 'k"': { deep: 1 } }, none: null } }, undefined],
    ['odd values', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'o', labels: 'no map', annotations: undefined }, spec: [], status: 7 }, Pod],
  ])('says of %s what the sets say', (_what, object, kind) => {
    const [text, sets] = both(object, kind);
    expect(text).toEqual(sets);
    expect(JSON.stringify(text)).toBe(JSON.stringify(sets));
  });

  it('remembers by the names of members and their order, and only of members without parts', () => {
    const at = (spec: object): readonly unknown[] => both({ apiVersion: 'x/v1', kind: 'Y', metadata: { name: 'y' }, spec }, undefined);
    for (const spec of [{ o: { a: 1, b: 2 } }, { o: { b: 1, a: 2 } }, { o: { a: 1 } }, { o: { a: { c: 1 } } }, { o: { a: 1, b: { c: 1 } } }, { o: { a: null, b: undefined } }, { o: {} }, { o: { a: 7, b: 'x' } }]) {
      const [text, sets] = at(spec);
      expect(JSON.stringify(text)).toBe(JSON.stringify(sets));
    }
  });

  it('keeps the subresource', () => {
    const [text, sets] = both(pod, Pod, { ...writer, subresource: 'status' });
    expect(text).toEqual(sets);
  });

  it('is undefined where nobody owns anything, and after a reset', () => {
    expect(both({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, Pod)).toEqual([undefined, undefined]);
    expect(both({ ...pod, metadata: { ...pod.metadata, managedFields: [{}] } }, Pod)).toEqual([undefined, undefined]);
  });
});
