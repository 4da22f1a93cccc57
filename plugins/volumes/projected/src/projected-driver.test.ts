import type { ConfigMap, Pod } from '@keelson/api/core/v1';
import type { VolumeFile, VolumeMountRequest, VolumeSources } from '@keelson/sdk/volumes';
import { projectedDriver } from './projected-driver.ts';

const written: VolumeFile[] = [];
let tokens: number;
beforeEach(() => {
  written.length = 0;
  tokens = 0;
});

function request(sources: readonly object[], withDisk = true): VolumeMountRequest {
  const read: Partial<VolumeSources> = {
    configMap: async (_, name) => (name === 'none' ? undefined : ({ data: { a: name } } as unknown as ConfigMap)),
    secret: async () => undefined,
    token: async () => ({ token: `t${++tokens}`, expiresAt: 1000, renewAt: 800 }),
    field: (_, path) => path,
  };
  const disk = { mountMemory: async () => undefined, replaceFiles: async (_: string, files: readonly VolumeFile[]) => void written.push(...files) };
  return {
    pod: { metadata: { name: 'web', namespace: 'default' }, spec: { containers: [] } } as unknown as Pod,
    volume: { name: 'v', projected: { sources, defaultMode: 0o440 } },
    directory: '/v', sources: read, fsGroup: undefined, signal: new AbortController().signal,
    ...(withDisk ? { disk } : {}),
  } as unknown as VolumeMountRequest;
}

describe('a projected volume', () => {
  it('holds the files of all its sources, and is due when its token is', async () => {
    const mounted = await projectedDriver.mount(
      request([{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'first' } }, { configMap: { name: 'second' } }, { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } }]),
    );
    expect(mounted).toEqual({ hostPath: '/v', live: true, refreshAfter: 800 });
    expect(written).toEqual([{ path: 'token', content: 't1', mode: 0o440 }, { path: 'a', content: 'second', mode: 0o440 }, { path: 'ns', content: 'metadata.namespace', mode: 0o440 }]);
  });

  it('asks for no token where nothing is written', async () => {
    expect(await projectedDriver.mount(request([{ serviceAccountToken: { path: 'token' } }], false))).toEqual({ hostPath: '/v', live: true });
    expect(tokens).toBe(0);
  });

  it.each([
    [[{ configMap: { name: 'none' } }], 'configmap "none" not found'],
    [[{ configMap: { name: 'none' } }, { secret: { name: 'n' } }], '[configmap "none" not found, secret "n" not found]'],
    [[{ clusterTrustBundle: { path: 'x' } }], 'projected source clusterTrustBundle is not supported by this node'],
  ])('of %j says what is missing, and writes nothing', async (sources, message) => {
    await expect(projectedDriver.mount(request(sources))).rejects.toThrow(message);
    expect(written).toEqual([]);
  });
});
