import { Pod } from '@keelson/api/core/v1';
import { InformerFactory } from '@keelson/client';
import { defineDistribution, use } from '@keelson/distro';
import { runController, type RunningController } from '@keelson/reconcile';
import { Clock, Random, definePlugin } from '@keelson/sdk';
import { Controllers } from '@keelson/sdk/controller';
import { cluster } from '@keelson/testing';
import reaper from './plugin.ts';

/** Runs each controller with its own plugin's client; nothing that is not about this test. */
const runner = definePlugin({
  name: '@acme/keelson-controller-test-runner',
  version: '1.0.0',
  kind: 'controller',
  summary: 'runs the controllers of this test',
  requires: { controllers: Controllers, clock: Clock, random: Random },
  setup: ({ controllers, clock, random }) => {
    let running: RunningController[] = [];
    return {
      start() {
        running = controllers.entries.map(({ value, origin: { api, log } }) => {
          const own = { clock, random, log };
          return runController(value, { ...own, api: api!, informers: new InformerFactory({ ...own, client: api! }) });
        });
      },
      ready: async () => void (await Promise.all(running.map((one) => one.synced))),
      stop: async () => void (await Promise.all(running.map((one) => one.stop()))),
    };
  },
});

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: finished }
spec: { containers: [{ name: main, image: example.org/job }] }
---
apiVersion: v1
kind: Pod
metadata: { name: busy }
spec: { containers: [{ name: main, image: example.org/server }] }
`;

it('deletes a finished pod when its time has come, and leaves a running one', async () => {
  const test = await cluster(defineDistribution({ name: 'acme', version: '1.0.0', plugins: [runner, use(reaper, { keepSeconds: 120 })] }));
  const names = async (): Promise<readonly (string | undefined)[]> => (await test.api.list(Pod, { namespace: 'default' })).items.map(({ metadata }) => metadata.name);
  try {
    await test.apply(pods);
    for (const [name, phase] of [['finished', 'Succeeded'], ['busy', 'Running']] as const) {
      await test.api.patch(Pod, { namespace: 'default', name }, { type: 'merge', body: { status: { phase } } }, { subresource: 'status' });
    }
    await test.advance('119s');
    expect(await names()).toEqual(['busy', 'finished']);
    await test.advance('2s');
    expect(await names()).toEqual(['busy']);
  } finally {
    await test.close();
  }
});
