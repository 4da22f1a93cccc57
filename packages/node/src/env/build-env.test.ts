import type { ConfigMap, Container, Pod, Secret, Service } from '@keelson/api/core/v1';
import { buildEnv, type EnvSources } from './build-env.ts';
import { expand } from './expand.ts';

const meta = (name: string, namespace = 'shop') => ({ name, namespace, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' });

const service = (name: string, namespace: string, clusterIP: string, ports: { name?: string; port: number; protocol?: string }[]): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: meta(name, namespace), spec: { clusterIP, ports } }) as unknown as Service;

const services: readonly Service[] = [
  service('kubernetes', 'default', '10.96.0.1', [{ name: 'https', port: 443 }]),
  service('other', 'default', '10.96.0.7', [{ port: 80 }]),
  service('redis-master', 'shop', '10.96.0.9', [{ port: 6379 }, { name: 'admin-api', port: 53, protocol: 'UDP' }]),
  service('headless', 'shop', 'None', [{ port: 1 }]),
];

const sources: EnvSources = {
  configMap: async (_namespace, name) => (name === 'settings' ? ({ data: { color: 'red', size: 'L' } } as unknown as ConfigMap) : undefined),
  secret: async (_namespace, name) => (name === 'login' ? ({ data: { password: Buffer.from('s3cret').toString('base64') } } as unknown as Secret) : undefined),
  services: (namespace) => services.filter(({ metadata }) => metadata.namespace === namespace),
  allocatable: { cpu: '8', memory: '32Gi' },
};

async function envOf(container: Partial<Container>, spec: Partial<Pod['spec']> = { enableServiceLinks: false }): Promise<Record<string, string>> {
  const full: Container = { name: 'main', ...container };
  const pod: Pod = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { ...meta('web'), labels: { app: 'web', tier: 'a"b' }, annotations: { note: 'x' } },
    spec: { containers: [full], nodeName: 'node-1', serviceAccountName: 'runner', ...spec },
  };
  const env = await buildEnv(pod, full, { podIps: ['10.244.0.5', 'fd00::5'], hostIp: '172.18.0.2' }, sources);
  return Object.fromEntries(env.map(({ name, value }) => [name, value]).filter(([name]) => !name!.startsWith('KUBERNETES_')));
}

describe('buildEnv', () => {
  it('expands earlier variables, leaves unknown references, unescapes $$', async () => {
    const env = [{ name: 'A', value: 'one' }, { name: 'B', value: '$(A)-$(NOPE)-$$(A)' }, { name: 'C', value: '$(LATER)' }, { name: 'LATER', value: 'x' }];
    expect(await envOf({ env })).toEqual({ A: 'one', B: 'one-$(NOPE)-$(A)', C: '$(LATER)', LATER: 'x' });
  });

  it('takes whole maps with a prefix, and single keys; own variables win', async () => {
    const container = {
      envFrom: [{ prefix: 'APP_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'login' } }],
      env: [{ name: 'APP_size', value: 'XL' }, { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } }, { name: 'PW', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }],
    };
    expect(await envOf(container)).toEqual({ APP_color: 'red', APP_size: 'XL', password: 's3cret', COLOR: 'red', PW: 's3cret' });
  });

  it.each([
    ['metadata.name', 'web'], ['metadata.namespace', 'shop'], ['metadata.uid', 'uid-web'], ["metadata.labels['app']", 'web'], ["metadata.annotations['none']", ''],
    ['metadata.labels', 'app="web"\ntier="a\\"b"'], ['spec.nodeName', 'node-1'], ['spec.serviceAccountName', 'runner'], ['status.podIP', '10.244.0.5'],
    ['status.podIPs', '10.244.0.5,fd00::5'], ['status.hostIP', '172.18.0.2'],
  ])('fieldRef %s is %j', async (fieldPath, value) => {
    expect(await envOf({ env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath } } }] })).toEqual({ X: value });
  });

  it.each([
    ['limits.cpu', undefined, '1'], ['limits.cpu', '1m', '500'], ['requests.memory', '1Mi', '64'], ['requests.cpu', undefined, '0'], ['limits.memory', '1Gi', '32'],
  ])('resourceFieldRef %s by %s is %s', async (resource, divisor, value) => {
    const container = {
      resources: { limits: { cpu: '500m' }, requests: { memory: '64Mi' } },
      env: [{ name: 'X', valueFrom: { resourceFieldRef: { resource, ...(divisor === undefined ? {} : { divisor }) } } }],
    };
    expect(await envOf(container)).toEqual({ X: value });
  });

  it.each([
    [{ configMapKeyRef: { name: 'none', key: 'a' } }, 'configmap "none" not found'],
    [{ secretKeyRef: { name: 'none', key: 'a' } }, 'secret "none" not found'],
    [{ configMapKeyRef: { name: 'settings', key: 'none' } }, "couldn't find key none in ConfigMap shop/settings"],
    [{ secretKeyRef: { name: 'login', key: 'none' } }, "couldn't find key none in Secret shop/login"],
    [{ fieldRef: { fieldPath: 'spec.none' } }, 'unsupported fieldPath: spec.none'],
  ])('refuses %j', async (valueFrom, message) => {
    await expect(envOf({ env: [{ name: 'X', valueFrom }] })).rejects.toThrow(message);
  });

  it('leaves out what is optional and missing', async () => {
    const container = {
      envFrom: [{ configMapRef: { name: 'none', optional: true } }],
      env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'none', key: 'a', optional: true } } }, { name: 'Y', valueFrom: { configMapKeyRef: { name: 'settings', key: 'none', optional: true } } }],
    };
    expect(await envOf(container)).toEqual({});
  });

  it('names the services of the namespace, but no headless ones and none of others', async () => {
    expect(await envOf({}, {})).toEqual({
      REDIS_MASTER_SERVICE_HOST: '10.96.0.9',
      REDIS_MASTER_SERVICE_PORT: '6379',
      REDIS_MASTER_SERVICE_PORT_ADMIN_API: '53',
      REDIS_MASTER_PORT: 'tcp://10.96.0.9:6379',
      REDIS_MASTER_PORT_6379_TCP: 'tcp://10.96.0.9:6379',
      REDIS_MASTER_PORT_6379_TCP_PROTO: 'tcp',
      REDIS_MASTER_PORT_6379_TCP_PORT: '6379',
      REDIS_MASTER_PORT_6379_TCP_ADDR: '10.96.0.9',
      REDIS_MASTER_PORT_53_UDP: 'udp://10.96.0.9:53',
      REDIS_MASTER_PORT_53_UDP_PROTO: 'udp',
      REDIS_MASTER_PORT_53_UDP_PORT: '53',
      REDIS_MASTER_PORT_53_UDP_ADDR: '10.96.0.9',
    });
  });
});

describe('expand', () => {
  it.each([['$(A)$(A)', '11'], ['$$(A)', '$(A)'], ['$$$(A)', '$1'], ['$A', '$A'], ['$(', '$('], ['$(A', '$(A']])('%s → %s', (text, result) => {
    expect(expand(text, new Map([['A', '1']]))).toBe(result);
  });
});
