import fc from 'fast-check';
import type { KubeObject } from '@keelson/api';
import { parseFrozen } from '../../watch/index.ts';
import { sameContent, serializeObject, stampRevision, storedObject } from './object-codec.ts';

const kind = { kind: 'ConfigMap', apiVersion: 'v1' };

describe('serializeObject', () => {
  it('keeps every field and leaves room for the revision', () => {
    const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'b', resourceVersion: '7' }, data: { k: 'ä "resourceVersion":"' } };
    const bytes = serializeObject(kind, object as never);
    stampRevision(bytes, 42);
    expect(JSON.parse(bytes.toString())).toEqual({ ...object, metadata: { ...object.metadata, resourceVersion: '42' } });
  });

  it('serializes an object without further fields', () => {
    const bytes = serializeObject(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: {} as never });
    stampRevision(bytes, 1);
    expect(JSON.parse(bytes.toString())).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '1' } });
  });

  it('holds any revision, also after another one', () => {
    const bytes = serializeObject(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } as never });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (revision) => {
        stampRevision(bytes, revision);
        return (JSON.parse(bytes.toString()) as { metadata: { resourceVersion: string } }).metadata.resourceVersion === String(revision);
      }),
    );
  });
});

describe('storedObject', () => {
  const object = (): KubeObject => ({
    apiVersion: 'x', kind: 'y', status: undefined,
    metadata: { name: 'a', labels: { k: 'v' }, generateName: undefined, resourceVersion: '7', managedFields: [{ manager: 'old' }] },
    data: { text: 'ä', gone: undefined, list: [{ a: 1, b: undefined }, null] },
  }) as never;

  it.each([undefined, '[{"manager":"me","fieldsV1":{"f:data":{}}}]'])('is what the serialization parses to, with owners %s', (owners) => {
    const bytes = serializeObject(kind, object(), owners);
    stampRevision(bytes, 42);
    const made = storedObject(kind, object(), owners, bytes);
    const parsed = parseFrozen(bytes);
    expect(made).toStrictEqual(parsed);
    expect(JSON.stringify(made)).toBe(JSON.stringify(parsed));
    expect({ ...made.metadata }).toStrictEqual({ ...parsed.metadata });
    expect(structuredClone(made)).toStrictEqual(parsed);
  });

  it('cannot be changed at any depth', () => {
    const owners = '[{"manager":"me"}]';
    const made = storedObject(kind, object(), owners, serializeObject(kind, object(), owners)) as unknown as { metadata: { managedFields: unknown }; data: { list: { a: number }[] } };
    expect(() => { made.metadata.managedFields = []; }).toThrow(TypeError);
    expect(() => { (made.metadata.managedFields as unknown[]).push(1); }).toThrow(TypeError);
    expect(() => { made.data.list[0]!.a = 2; }).toThrow(TypeError);
  });
});

describe('sameContent', () => {
  const make = (data: string, revision: number) => {
    const bytes = serializeObject(kind, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data: { data } } as never);
    stampRevision(bytes, revision);
    return bytes;
  };
  it('ignores the revision only', () => {
    expect(sameContent(make('x', 1), make('x', 999_999))).toBe(true);
    expect(sameContent(make('x', 1), make('y', 1))).toBe(false);
  });
});
