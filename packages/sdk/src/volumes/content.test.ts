import type { ConfigMap, Pod, Secret } from '@keelson/api/core/v1';
import { configMapFiles, downwardFiles, secretFiles, tokenFile, type VolumeSources } from './index.ts';

const pod = (spec: object = {}): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [{ name: 'main' }], ...spec } }) as unknown as Pod;
const sources: VolumeSources = {
  configMap: async (namespace, name) => (namespace === 'shop' && name === 'settings' ? ({ data: { a: '1' }, binaryData: { b: 'AP8=' } } as unknown as ConfigMap) : undefined),
  secret: async (_, name) => (name === 'login' ? ({ data: { password: 'czNjcmV0' } } as unknown as Secret) : undefined),
  claim: () => Promise.resolve(undefined),
  persistentVolume: () => Promise.resolve(undefined),
  token: async (_, { audience, expirationSeconds }) => ({ token: `${audience ?? 'api'} ${expirationSeconds}`, expiresAt: 100, renewAt: 80 }),
  field: (_, path) => `field ${path}`,
  resourceField: (_, container, resource, divisor) => `${container} ${resource} ${divisor ?? ''}`,
};
const context = { pod: pod(), sources, mode: 0o644 };
const reference = { optional: false, items: undefined };

describe('contents of volumes', () => {
  it('of a ConfigMap are its text and its bytes, or the chosen keys', async () => {
    expect(await configMapFiles({ ...reference, name: 'settings' }, context)).toEqual([{ path: 'a', content: '1', mode: 0o644 }, { path: 'b', content: Uint8Array.of(0, 255), mode: 0o644 }]);
    expect(await configMapFiles({ ...reference, name: 'settings', items: [{ key: 'a', path: 'x/y', mode: 0o400 }] }, context)).toEqual([{ path: 'x/y', content: '1', mode: 0o400 }]);
  });

  it.each([
    ['settings', [{ key: 'no', path: 'no' }], 'configmap references non-existent config key: no'],
    ['other', undefined, 'configmap "other" not found'],
  ])('of ConfigMap %s with items %j are missed, unless optional', async (name, items, message) => {
    await expect(configMapFiles({ name, items, optional: false }, context)).rejects.toThrow(message);
    expect(await configMapFiles({ name, items, optional: true }, context)).toEqual([]);
  });

  it('of a Secret are decoded', async () => {
    expect(await secretFiles({ ...reference, name: 'login' }, context)).toEqual([{ path: 'password', content: new TextEncoder().encode('s3cret'), mode: 0o644 }]);
    await expect(secretFiles({ ...reference, name: 'login', items: [{ key: 'no', path: 'no' }] }, context)).rejects.toThrow('references non-existent secret key: no');
    await expect(secretFiles({ ...reference, name: 'none' }, context)).rejects.toThrow('secret "none" not found');
  });

  it('of the downward API are fields and resources', () => {
    const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }, { path: 'cpu', mode: 0o400, resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1m' } }];
    expect(downwardFiles(items, context)).toEqual([{ path: 'labels', content: 'field metadata.labels', mode: 0o644 }, { path: 'cpu', content: 'main limits.cpu 1m', mode: 0o400 }]);
  });

  it.each([
    ['nobody in particular', {}, { mode: 0o644 }],
    ['one user', { securityContext: { runAsUser: 5 } }, { mode: 0o600, uid: 5 }],
    ['a group', { securityContext: { fsGroup: 7 } }, { mode: 0o600 }],
    ['several users', { containers: [{ name: 'a', securityContext: { runAsUser: 1 } }, { name: 'b', securityContext: { runAsUser: 2 } }] }, { mode: 0o644 }],
  ])('are a token for %s', async (_, spec, expected) => {
    const { file, renewAt } = await tokenFile({ path: 'token', audience: 'vault' }, { ...context, pod: pod(spec) });
    expect(file).toEqual({ path: 'token', content: 'vault 3600', ...expected });
    expect(renewAt).toBe(80);
  });
});
