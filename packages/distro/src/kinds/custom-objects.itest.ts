import { defineKind, type KubeObject } from '@keelson/api';
import { ConfigMap, Namespace } from '@keelson/api/core/v1';
import { definePlugin, type Plugin } from '@keelson/sdk';
import { cluster, type TestCluster } from '@keelson/testing';
import { defineDistribution } from '../definition.ts';
import { standard } from '../presets/index.ts';

const Gadget = defineKind({ group: 'example.org', version: 'v1', kind: 'Gadget' });
const owner = definePlugin({ name: '@acme/gadgets', version: '1.0.0', kind: 'extension', summary: 'owns gadgets', crds: [Gadget], setup: () => [] }) as Plugin;

describe('objects of custom kinds', () => {
  let test: TestCluster;
  beforeEach(async () => {
    test = await cluster(defineDistribution({ name: 'gadgets', version: '1.0.0', extends: [standard], plugins: [owner] }));
  });
  afterEach(() => test.close());
  const gadget = (namespace: string, rest: object = {}): KubeObject => ({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'one', namespace, ...rest } }) as KubeObject;

  it('take along what they own, and are taken along by what owns them', async () => {
    const { api } = test;
    const made = await api.create(gadget('default'));
    const owned = { name: 'owned', namespace: 'default', ownerReferences: [{ apiVersion: 'example.org/v1', kind: 'Gadget', name: 'one', uid: made.metadata.uid! }] };
    const map = await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: owned } as unknown as ConfigMap);
    await api.create(gadget('default', { name: 'two', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owned', uid: map.metadata.uid! }] }));
    await test.advance('10s');
    expect(await api.get(ConfigMap, { namespace: 'default', name: 'owned' })).toBeDefined();
    await api.delete(made);
    await test.eventually('the gadgets and the config map are gone', async () => (await api.list(Gadget)).items.length === 0 && (await api.get(ConfigMap, { namespace: 'default', name: 'owned' })) === undefined, '1m');
  });

  it('go with their namespace', async () => {
    const { api } = test;
    await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } } as Namespace);
    await api.create(gadget('team'));
    await api.delete({ kind: Namespace, ref: { name: 'team' } });
    await test.eventually('the namespace is gone', async () => (await api.get(Namespace, { name: 'team' })) === undefined, '1m');
    expect((await api.list(Gadget)).items).toEqual([]);
  });
});
