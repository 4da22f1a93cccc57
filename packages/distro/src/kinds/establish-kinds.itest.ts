import { defineKind, statusSubresource, type KubeObject } from '@keelson/api';
import { CustomResourceDefinition } from '@keelson/api/apiextensions/v1';
import { ApiClient, definePlugin, type Plugin } from '@keelson/sdk';
import { cluster, type TestCluster } from '@keelson/testing';
import { defineDistribution } from '../definition.ts';
import { establishKinds } from './establish-kinds.ts';

interface Gadget extends KubeObject {
  readonly spec?: { readonly size: number };
  readonly status?: { readonly seen: number };
}
const Gadget = defineKind<Gadget>({ group: 'example.org', version: 'v1', kind: 'Gadget', shortNames: ['gd'], subresources: [statusSubresource] });
const GadgetV2 = defineKind<Gadget>({ group: 'example.org', version: 'v2', kind: 'Gadget', shortNames: ['gd'], subresources: [statusSubresource] });
const name = 'gadgets.example.org';

/** Owns the kind and uses it in `start`, when it has to be served already. */
function owner(crds: Plugin['crds'] = [Gadget]): Plugin {
  return definePlugin({
    name: '@acme/gadgets', version: '1.0.0', kind: 'extension', summary: 'owns gadgets', requires: { api: ApiClient },
    crds: crds!,
    rbac: [{ groups: ['example.org'], resources: ['gadgets', 'gadgets/status'], verbs: ['*'] }],
    setup: ({ api }) => ({
      async start() {
        const { items } = await api.list(Gadget);
        if (items.length === 0) await api.create({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'first', namespace: 'default' }, spec: { size: 1 } } as Gadget);
      },
    }),
  }) as Plugin;
}

async function withCluster(plugins: readonly Plugin[], body: (test: TestCluster) => Promise<void>): Promise<void> {
  const test = await cluster(defineDistribution({ name: 'gadgets', version: '1.0.0', plugins }));
  try {
    await body(test);
  } finally {
    await test.close();
  }
}

const never = new AbortController().signal;

describe('kinds of a plugin', () => {
  it('are served before it starts, status apart, and told to the administrator', () =>
    withCluster([owner()], async ({ api }) => {
      expect(await api.get(Gadget, { namespace: 'default', name: 'first' })).toMatchObject({ spec: { size: 1 }, metadata: { generation: 1 } });
      const changed = await api.patch(Gadget, { namespace: 'default', name: 'first' }, { type: 'merge', body: { status: { seen: 1 }, spec: { size: 9 } } }, { subresource: 'status' });
      expect(changed).toMatchObject({ spec: { size: 1 }, status: { seen: 1 } });
      expect(await api.get(CustomResourceDefinition, { name })).toMatchObject({ metadata: { annotations: { 'keelson.dev/plugin': '@acme/gadgets' } }, spec: { names: { shortNames: ['gd'] } } });
    }));

  it('gain versions with the plugin, and keep those that objects are stored in', () =>
    withCluster([owner()], async ({ api }) => {
      const at = { namespace: 'default', name: 'first' };
      await establishKinds({ plugin: '@acme/gadgets', kinds: [GadgetV2], api, signal: never });
      await api.get(CustomResourceDefinition, { name });
      expect(await api.get(GadgetV2, at)).toMatchObject({ apiVersion: 'example.org/v2', spec: { size: 1 } });
      expect(await api.get(Gadget, at)).toBeUndefined();
      const before = await api.get(CustomResourceDefinition, { name });
      expect(before!.status!.storedVersions).toEqual(['v1', 'v2']);
      await establishKinds({ plugin: '@acme/gadgets', kinds: [GadgetV2], api, signal: never });
      expect((await api.get(CustomResourceDefinition, { name }))!.metadata.resourceVersion).toBe(before!.metadata.resourceVersion);
    }));

  it('are not touched where somebody else defines them', () =>
    withCluster([owner()], async ({ api }) => {
      const before = await api.get(CustomResourceDefinition, { name });
      await establishKinds({ plugin: '@other/gadgets', kinds: [Gadget], api, signal: never });
      expect(await api.get(CustomResourceDefinition, { name })).toEqual(before);
      await expect(establishKinds({ plugin: '@other/gadgets', kinds: [GadgetV2], api, signal: never })).rejects.toThrow('gadgets.example.org exists and does not serve v2, which @other/gadgets needs');
    }));

  it('fail with a way out where the names are taken, and where nothing is allowed', () =>
    withCluster([owner()], async (test) => {
      const { api } = test;
      const clash = defineKind({ group: 'example.org', version: 'v1', kind: 'Gizmo', shortNames: ['gd'] });
      await expect(establishKinds({ plugin: '@acme/gizmos', kinds: [clash], api, signal: never })).rejects.toThrow('the server refuses the names of gizmos.example.org: "gd" is already in use');
      const nobody = test.as({ name: 'nobody', groups: ['system:authenticated'] });
      const other = defineKind({ group: 'example.org', version: 'v1', kind: 'Widget' });
      // Served or not cannot be told from a refusal, so it is for the controller to find out.
      await establishKinds({ plugin: '@acme/gadgets', kinds: [Gadget], api: nobody, signal: never });
      await expect(establishKinds({ plugin: '@acme/widgets', kinds: [other], api: nobody, signal: never })).rejects.toThrow(/widgets\.example\.org.* may not create it: .*forbidden.*; let an administrator create it first/);
    }));
});
