import fc from 'fast-check';
import { sameContent, serializeObject, stampRevision } from './object-codec.ts';

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
