import { ConfigMap, Pod } from '@keelson/api/core/v1';
import { ApiClient, Clock, definePlugin, type PluginRule } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { harness } from './index.ts';

/** Labels config maps; `spoil` says what is wrong with it. */
function labeller(spoil: { readonly rbac?: readonly PluginRule[]; readonly leak?: boolean; readonly slow?: 'start' | 'stop'; readonly readsPods?: boolean } = {}) {
  return definePlugin({
    name: '@example/keelson-controller-labeller',
    version: '1.0.0',
    kind: 'controller',
    summary: 'labels config maps',
    requires: { api: ApiClient, clock: Clock },
    onFailure: 'restart',
    rbac: spoil.rbac ?? [{ groups: [''], resources: ['configmaps'], verbs: ['list', 'patch', 'watch'] }],
    setup: ({ clock }) => ({
      provides: controllers(spoil.readsPods === true),
      start: () => {
        if (spoil.leak === true) clock.after(3_600_000, () => undefined);
        return spoil.slow === 'start' ? new Promise<void>(() => undefined) : undefined;
      },
      stop: () => (spoil.slow === 'stop' ? new Promise<void>(() => undefined) : undefined),
    }),
  });
}

function controllers(readsPods: boolean) {
  return [
    controller({
      name: 'labeller',
      for: ConfigMap,
      ...(readsPods ? { reads: [Pod] } : {}),
      async reconcile(map, { api }) {
        if (map.metadata.labels?.['seen'] === undefined && map.metadata.name === 'mine') await api.patch(ConfigMap, map.metadata, { type: 'merge', body: { metadata: { labels: { seen: 'yes' } } } });
      },
    }),
  ];
}

const objects = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: mine }\n';
const labelled = async (test: { api: ApiClient; advance(duration: string): Promise<void> }): Promise<void> => {
  await test.advance('1s');
  expect((await test.api.get(ConfigMap, { namespace: 'default', name: 'mine' }))?.metadata.labels).toEqual({ seen: 'yes' });
};

describe('the plugin harness', () => {
  it('runs a plugin on a real cluster', () => harness(labeller(), { objects }, labelled));

  it('fails on a verb that rbac lacks, with the rule to add and the spans', async () => {
    const run = harness(labeller({ rbac: [{ groups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }] }), { objects, seed: 'lacking' }, (test) => test.advance('1s'));
    await expect(run).rejects.toThrow(/does not ask for; add to its "rbac":\n {2}\{ groups: \[''\], resources: \['configmaps'\], verbs: \['patch'\] \},\n\nseed lacking; the newest spans:\n[^]*reconcile labeller/);
  });

  it('fails on a kind that the controller declares and may not read', async () => {
    await expect(harness(labeller({ readsPods: true }), { objects }, () => undefined)).rejects.toThrow("{ groups: [''], resources: ['pods'], verbs: ['list', 'watch'] },");
  });

  it('fails on a timer left behind, with the place that set it', async () => {
    await expect(harness(labeller({ leak: true }), { objects }, labelled)).rejects.toThrow(/a timer due in 35\d\d\d\d\d ms was left behind[^]*harness\.itest\.ts/);
  });

  it('fails on a start over its limit before the body runs', async () => {
    let ran = false;
    const run = harness(labeller({ slow: 'start' }), { objects }, () => void (ran = true));
    await expect(run).rejects.toThrow('start of @example/keelson-controller-labeller did not finish within 30 s');
    expect(ran).toBe(false);
  });

  it('fails on a stop over its limit', async () => {
    await expect(harness(labeller({ slow: 'stop' }), { objects }, labelled)).rejects.toThrow('stop of @example/keelson-controller-labeller did not finish within 5 s');
  });

  it('hands the error of the body on, with the span tree and a hint at refusals', async () => {
    const run = harness(labeller({ rbac: [{ groups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }] }), { objects }, labelled);
    await expect(run).rejects.toThrow(/toEqual[^]*perhaps that is why; add:[^]*the newest spans:/);
  });
});
