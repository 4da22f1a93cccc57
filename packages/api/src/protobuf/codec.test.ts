import { decode, encode, encodeList, encodeMessage, hasProtobufForm, wrapMessage } from './envelope.ts';
import { ProtobufError } from './protobuf-error.ts';
import { decodeWatchFrame, encodeWatchFrame } from './watch-frame.ts';
import { Writer } from './writer.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** An envelope around the hexadecimal text of a message. */
function sealed(apiVersion: string, kind: string, message: string): Uint8Array {
  return wrapMessage({ apiVersion, kind }, bytesOf(message));
}

/** A field with wire type 2, its length counted. */
function field(number: number, ...content: string[]): string {
  const text = content.join('').replaceAll(' ', '');
  const writer = new Writer();
  writer.raw(bytesOf(text));
  writer.length(0);
  writer.tag(number, 2);
  return hex(writer.finish());
}

const ascii = (text: string): string => Buffer.from(text).toString('hex');
const roundTrip = (object: object): unknown => decode(encode(object)).object;

describe('values that Go writes unasked', () => {
  it('writes every single value of an empty object and reads none of them back', () => {
    // ObjectMeta: five texts, resourceVersion, generation and an empty creationTimestamp; then an empty spec and status.
    const metadata = '0a00 1200 1a00 2200 2a00 3200 3800 4200';
    const namespace = { apiVersion: 'v1', kind: 'Namespace' };
    expect(hex(encodeMessage(namespace))).toBe(`${field(1, metadata)}${field(2)}${field(3, '0a00')}`);
    expect(roundTrip(namespace)).toEqual(namespace);
  });

  it('keeps zeros of required fields and of pointers', () => {
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: { replicas: 0, selector: {} }, status: { replicas: 0 } };
    expect(roundTrip(set)).toEqual(set);
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: '', env: [{ name: 'A' }] }], volumes: [{ name: 'v', emptyDir: {} }] } };
    expect(roundTrip(pod)).toEqual(pod);
  });

  it('tells empty bytes from none', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', data: { empty: '', one: 'AA==', two: 'AAH/', three: 'Zm9v' } };
    expect(roundTrip(secret)).toEqual(secret);
  });

  it('writes amounts, ports and times in the forms Go gives them', () => {
    const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80, targetPort: 'http' }, { port: 81, targetPort: 8081 }] } };
    expect(hex(encodeMessage(service))).toContain(`0801 1000 ${field(3, ascii('http'))}`.replaceAll(' ', ''));
    expect(hex(encodeMessage(service))).toContain('0800 10913f 1a00'.replaceAll(' ', ''));
    expect(roundTrip(service)).toEqual(service);
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: { renewTime: '2001-02-03T04:05:06.000007Z' } };
    expect(roundTrip(lease)).toEqual(lease);
    const old = { apiVersion: 'v1', kind: 'Namespace', metadata: { deletionTimestamp: '1969-12-31T23:59:59Z', creationTimestamp: '1970-01-01T00:00:00Z' } };
    expect(roundTrip(old)).toEqual(old);
    expect(hex(encodeMessage(old))).toContain('42 04 0800 1000 4a 0d 08ffffffffffffffffff01 1000'.replaceAll(' ', ''));
  });

  it('carries numbers of 64 bits as far as JSON does', () => {
    for (const generation of [1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 40)]) {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { generation } };
      expect(roundTrip(object)).toEqual(object);
    }
  });

  it('keeps texts of all lengths and scripts, and names like __proto__', () => {
    const data = Object.fromEntries([0, 31, 32, 33, 64, 65, 200, 20_000].flatMap((length) => [[`a${length}`, 'x'.repeat(length)], [`u${length}`, 'ü😀'.repeat(length)]]));
    Object.defineProperty(data, '__proto__', { value: '\ufeffmark', enumerable: true });
    const map = { apiVersion: 'v1', kind: 'ConfigMap', data };
    const found = decode(encode(map)).object as typeof map;
    expect(Object.keys(found.data)).toContain('__proto__');
    expect(Object.getOwnPropertyDescriptor(found.data, '__proto__')?.value).toBe('\ufeffmark');
    expect(JSON.stringify(found.data['u20000'])).toBe(JSON.stringify(data['u20000']));
    expect(Object.getPrototypeOf(found.data)).toBe(Object.prototype);
  });
});

describe('kinds without samples', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' },
      versions: [{
        name: 'v1', served: true, storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              any: { 'x-kubernetes-preserve-unknown-fields': true, default: { a: [1, null] } },
              closed: { type: 'object', additionalProperties: false },
              open: { type: 'object', additionalProperties: { type: 'string', minLength: 0 } },
              list: { type: 'array', items: { type: 'number', maximum: 1.5, enum: [1, 1.5] } },
              tuple: { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: true },
              dependent: { type: 'object', dependencies: { a: ['b', 'c'], d: { required: ['e'] } } },
            },
            'x-kubernetes-validations': [{ rule: 'self.any == 1' }],
          },
        },
      }],
    },
    status: { conditions: [], acceptedNames: { plural: 'things', kind: 'Thing' }, storedVersions: ['v1'] },
  };

  it('reads back a definition with all the schema variants', () => {
    const { conditions: none, ...status } = definition.status; // an empty list has no form of its own
    expect(none).toEqual([]);
    expect(roundTrip(definition)).toEqual({ ...definition, status });
  });

  it('lays out schema variants as upstream does', () => {
    const version = (schema: object) => hex(encodeMessage({ ...definition, spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } }));
    expect(version({ additionalProperties: false })).toContain('f201020800');
    expect(version({ additionalProperties: { type: 'string' } })).toMatch(/f201(..){1,2}080112/);
    expect(version({ default: 1 })).toContain(field(8, field(1, ascii('1'))));
    expect(version({ dependencies: { a: ['b'] } })).toContain(`${field(1, ascii('a'))}${field(2, field(2, ascii('b')))}`);
  });

  it('reads back an API service', () => {
    const service = {
      apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1.example.org' },
      spec: { service: { namespace: 'a', name: 'b', port: 443 }, group: 'example.org', version: 'v1', caBundle: 'Zm9v', groupPriorityMinimum: 1, versionPriority: 2 },
    };
    expect(roundTrip(service)).toEqual(service);
  });

  it('reads back lists, partial metadata and delete options of any group', () => {
    const pods = { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }] } }] };
    expect(roundTrip(pods)).toEqual(pods);
    const partial = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'a' } }] };
    expect(roundTrip(partial)).toEqual(partial);
    const options = { apiVersion: 'apps/v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: 'u' } };
    expect(roundTrip(options)).toEqual(options);
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 't' }, status: { user: { extra: { a: ['b', 'c'], none: [] } } } };
    expect(roundTrip(review)).toEqual(review);
  });

  it('has no form of custom kinds, of Tables or of names every object has', () => {
    for (const [apiVersion, kind] of [['example.org/v1', 'Thing'], ['meta.k8s.io/v1', 'Table'], ['v1', 'constructor']] as const) {
      expect(hasProtobufForm(apiVersion, kind)).toBe(false);
      expect(() => encode({ apiVersion, kind })).toThrow(expect.objectContaining({ code: 'unknown-kind' }) as Error);
    }
  });
});

describe('bytes from elsewhere', () => {
  const read = (message: string) => decode(sealed('v1', 'ConfigMap', message)).object;

  it('passes over fields nobody knows, of every wire type', () => {
    const unknown = ['f83e 9601', 'f93e 0102030405060708', field(1007, 'abcdef'), 'fb3e 0801 fc3e', 'fd3e 01020304'].join('').replaceAll(' ', '');
    expect(read(`${unknown}${field(2, field(1, ascii('k')), field(2, ascii('v')))}${unknown}`)).toMatchObject({ data: { k: 'v' } });
  });

  it('merges repeated messages, keeps the last of repeated values, and reads packed numbers', () => {
    expect(read(`${field(1, field(1, ascii('a')))}${field(1, field(3, ascii('n')), field(1, ascii('b')), field(1))}`)).toMatchObject({ metadata: { namespace: 'n' } });
    expect(read(`${field(1, field(1, ascii('a')))}${field(1, field(1))}`)).not.toHaveProperty('metadata.name');
    const context = decode(sealed('v1', 'Pod', field(2, field(14, field(4, '01 02 8001'))))).object;
    expect(context).toMatchObject({ spec: { securityContext: { supplementalGroups: [1, 2, 128] } } });
  });

  it('gives a map entry without a value its zero', () => {
    expect(read(field(2, field(1, ascii('k'))))).toMatchObject({ data: { k: '' } });
    const quota = decode(sealed('v1', 'ResourceQuota', field(2, field(1, field(1, ascii('pods')))))).object;
    expect(quota).toMatchObject({ spec: { hard: { pods: '0' } } });
  });

  it('takes the kind from the caller where the bytes have none', () => {
    const bytes = sealed('', '', field(1, field(1, ascii('a'))));
    expect(decode(bytes, { apiVersion: 'v1', kind: 'ConfigMap' })).toMatchObject({ kind: 'ConfigMap', object: { apiVersion: 'v1', metadata: { name: 'a' } } });
    expect(() => decode(bytes)).toThrow(`Object 'Kind' is missing`);
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['a length past the end', '0aff01', /unexpected EOF/],
    ['a length past its message', field(1, '0a05 61'), /unexpected EOF/],
    ['a negative length', '0a ffffffffffffffffff01', /length/],
    ['a number without end', '0a ffffffffffffffffffff01', /overflow/],
    ['a number cut off', '0a 80', /unexpected EOF/],
    ['field number zero', '0200', /illegal tag/],
    ['wire type seven', 'ff3e', /illegal wire type/],
    ['a group that does not end', 'fb3e 0801', /unexpected EOF/],
    ['an end of no group', 'fc3e', /illegal wire type/],
    ['a text that is a number', field(1, '0801'), /wrong wireType = 0 for field name/],
    ['a text that is not UTF-8', field(1, field(1, 'c328')), /UTF-8/],
    ['a time past the year 9999', field(1, field(8, '0880b8f8f9b4ba9c01')), /years/],
    ['JSON that is none', field(1, field(17, field(7, field(1, ascii('{'))))), /not JSON/],
  ];
  it.each(broken)('refuses %s', (_name, message, error) => {
    expect(() => read(message)).toThrow(error);
    expect(() => read(message)).toThrow(ProtobufError);
  });

  it('refuses what is not an envelope', () => {
    for (const bytes of ['', '6b3873', '7b7d', '6b387300ff']) expect(() => decode(bytesOf(bytes))).toThrow(ProtobufError);
    expect(() => decode(bytesOf('7b7d0000'))).toThrow('expected prefix [107 56 115 0]');
    expect(() => decode(sealed('v1', 'Nothing', ''))).toThrow('no kind "Nothing" is registered for version "v1"');
    const zipped = new Writer();
    zipped.string('gzip');
    zipped.tag(3, 2);
    zipped.raw(bytesOf('6b387300'));
    expect(() => decode(zipped.finish())).toThrow('content encoding "gzip"');
  });

  it('refuses nesting that would exhaust the stack', () => {
    let schema: Record<string, unknown> = {};
    for (let depth = 0; depth < 300; depth++) schema = { not: schema };
    const bytes = encode({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: { versions: [{ name: 'v', schema: { openAPIV3Schema: schema } }] } });
    expect(() => decode(bytes)).toThrow('nests more than');
    const groups = `${'fb3e'.repeat(100_000)}`;
    expect(() => read(groups)).toThrow('nests more than');
  });

  it('never fails otherwise, whatever byte is damaged', () => {
    const good = encode({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { b: 'c' }, creationTimestamp: '2001-02-03T04:05:06Z' }, spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }] } });
    let refused = 0;
    const attempt = (bytes: Uint8Array): void => {
      try {
        decode(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
        refused++;
      }
    };
    for (let at = 4; at < good.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff, (good[at] as number) ^ 1]) {
        const bad = good.slice();
        bad[at] = value;
        attempt(bad);
      }
      attempt(good.subarray(0, at));
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('objects that cannot be written', () => {
  it.each([
    [{ metadata: 'text' }, /expected an object/],
    [{ metadata: { name: 1 } }, /expected a string/],
    [{ metadata: { generation: '1' } }, /expected a number/],
    [{ metadata: { finalizers: {} } }, /expected a list/],
    [{ data: [] }, /expected an object/],
    [{ immutable: 'yes' }, /expected a boolean/],
    [{ metadata: { creationTimestamp: 'today' } }, /parsing time/],
    [{ binaryData: { a: '*' } }, /base64/],
    [{ binaryData: { a: '****' } }, /base64/],
  ])('%j', (members, error) => {
    expect(() => encode({ apiVersion: 'v1', kind: 'ConfigMap', ...members })).toThrow(error);
  });
});

describe('lists and watch frames', () => {
  const one = { metadata: { name: 'a', resourceVersion: '1' }, data: { b: 'c' } };
  const two = { metadata: { name: 'b', resourceVersion: '2' } };
  const type = { apiVersion: 'v1', kind: 'ConfigMap' };

  it('puts kept messages together into the same bytes as one encoding', () => {
    const list = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '9', remainingItemCount: 0 }, items: [one, two] };
    const messages = list.items.map((item) => encodeMessage(item, type));
    expect(hex(encodeList({ apiVersion: 'v1', kind: 'ConfigMapList' }, list.metadata, messages))).toBe(hex(encode(list)));
    expect(hex(wrapMessage(type, encodeMessage(one, type)))).toBe(hex(encode({ ...type, ...one })));
  });

  it('frames events with a length, and finds them again in a stream cut anywhere', () => {
    const frames = [one, two].map((object) => encodeWatchFrame({ type: 'ADDED', object: encode({ ...type, ...object }) }));
    const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    expect(decodeWatchFrame(stream.subarray(0, 3))).toBeUndefined();
    expect(decodeWatchFrame(stream.subarray(0, (frames[0]?.length ?? 0) - 1))).toBeUndefined();
    const first = decodeWatchFrame(stream);
    expect(first?.frame.type).toBe('ADDED');
    expect(decode(first?.frame.object ?? new Uint8Array()).object).toEqual({ ...type, ...one });
    const second = decodeWatchFrame(first?.rest ?? new Uint8Array());
    expect(decode(second?.frame.object ?? new Uint8Array()).object).toEqual({ ...type, ...two });
    expect(second?.rest.length).toBe(0);
    // Length, type=1 text, object=2 message of raw=1.
    expect(hex(encodeWatchFrame({ type: 'ERROR', object: bytesOf('aabb') }))).toBe(`0000000d${field(1, ascii('ERROR'))}${field(2, field(1, 'aabb'))}`);
  });
});
