import type { Definition } from './definition.ts';
import { decodeObject, unknownFieldMessage } from './index.ts';

const pod = 'io.k8s.api.core.v1.Pod';

function decoded(object: object, schema: string | Definition = pod) {
  const copy = structuredClone(object) as Record<string, unknown>;
  return { ...decodeObject(copy, schema), object: copy };
}

describe('decodeObject', () => {
  it('reports and drops unknown fields at every depth', () => {
    const { unknown, object, error } = decoded({ foo: 1, spec: { containers: [{ name: 'a', imagePullpolicy: 'Always' }], bar: {} } });
    expect(error).toBeUndefined();
    expect(unknown).toEqual(['foo', 'spec.containers[0].imagePullpolicy', 'spec.bar']);
    expect(object).toEqual({ spec: { containers: [{ name: 'a' }] } });
    expect(unknownFieldMessage('spec.bar')).toBe('unknown field "spec.bar"');
  });

  it.each([
    [{ spec: { containers: 'x' } }, 'json: cannot unmarshal string into Go struct field spec.containers of type []v1.Container'],
    [{ spec: { containers: [{ name: 3 }] } }, 'json: cannot unmarshal number into Go struct field spec.containers.name of type string'],
    [{ spec: { hostNetwork: 'yes' } }, 'json: cannot unmarshal string into Go struct field spec.hostNetwork of type bool'],
    [{ spec: { priority: 1.5 } }, 'json: cannot unmarshal number 1.5 into Go struct field spec.priority of type int32'],
    [{ spec: { priority: 3e9 } }, 'json: cannot unmarshal number into Go struct field spec.priority of type int32'],
    [{ metadata: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field metadata.labels.a of type string'],
    [{ metadata: [] }, 'json: cannot unmarshal array into Go struct field metadata of type v1.ObjectMeta'],
  ])('refuses %j', (object, message) => {
    expect(decoded(object).error).toBe(message);
  });

  it('refuses malformed amounts, times and base64', () => {
    expect(decoded({ spec: { overhead: { cpu: 'much' } } }).error).toMatch(/^quantities must match the regular expression/);
    expect(decoded({ metadata: { creationTimestamp: 'today' } }).error).toMatch(/^parsing time "today" as/);
    expect(decoded({ data: { a: '?' } }, 'io.k8s.api.core.v1.Secret').error).toBe('illegal base64 data at input byte 0');
  });

  it('drops nulls and keeps canonical forms', () => {
    const { object } = decoded({
      metadata: { creationTimestamp: null, deletionTimestamp: '2026-01-02T03:04:05.678+01:00', labels: null },
      spec: { overhead: { cpu: 0.5, memory: '1024Mi' }, nodeSelector: { a: null }, volumes: [null] },
    });
    expect(object).toEqual({
      metadata: { deletionTimestamp: '2026-01-02T02:04:05Z' },
      spec: { overhead: { cpu: '500m', memory: '1Gi' }, nodeSelector: { a: '' }, volumes: [{}] },
    });
  });

  it('serves schemas that are not built in', () => {
    const size: Definition = { name: 'org.example.v1.Size', fields: new Map([['width', { name: 'width', required: false, schema: { type: 'integer', format: 'int64' } }]]) };
    const schema: Definition = {
      name: 'org.example.v1.Box',
      preserveUnknown: true,
      fields: new Map([['size', { name: 'size', required: true, schema: { type: 'object', definition: size } }]]),
    };
    expect(decoded({ size: { width: 1, height: 2 }, color: 'red' }, schema)).toMatchObject({
      unknown: ['size.height'],
      object: { size: { width: 1 }, color: 'red' },
    });
  });

  it('decodes a pod of three kilobytes at the speed of parsing its JSON, give or take', () => {
    const text = JSON.stringify(bigPod());
    expect(text.length).toBeGreaterThan(3000);
    let parsing = Infinity;
    let decoding = Infinity;
    // The best of several rounds, side by side, and a wide bound: the machine is shared and the test runner slows one more
    // than the other. Outside of it decoding takes half as long.
    for (let round = 0; round < 10; round++) {
      const started = process.hrtime.bigint();
      const copies = Array.from({ length: 200 }, () => JSON.parse(text) as object);
      const parsed = process.hrtime.bigint();
      for (const copy of copies) decodeObject(copy, pod);
      const decoded = process.hrtime.bigint();
      parsing = Math.min(parsing, Number(parsed - started));
      decoding = Math.min(decoding, Number(decoded - parsed));
    }
    expect(decoding).toBeLessThan(6 * parsing);
  });
});

function bigPod(): object {
  const container = (name: string) => ({
    name,
    image: 'registry.example.org/team/app:1.2.3',
    imagePullPolicy: 'IfNotPresent',
    env: Array.from({ length: 10 }, (_, index) => ({ name: `VARIABLE_${index}`, value: `some value number ${index}` })),
    ports: [{ containerPort: 8080, protocol: 'TCP', name: 'http' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '1Gi' } },
    livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
    volumeMounts: [{ name: 'data', mountPath: '/data' }, { name: 'config', mountPath: '/etc/config', readOnly: true }],
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: '2026-01-02T03:04:05Z', labels: { app: 'web', tier: 'front' } },
    spec: {
      containers: [container('a'), container('b'), container('c')],
      volumes: [{ name: 'data', emptyDir: {} }, { name: 'config', configMap: { name: 'web', defaultMode: 420 } }],
      restartPolicy: 'Always',
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' }] },
  };
}
