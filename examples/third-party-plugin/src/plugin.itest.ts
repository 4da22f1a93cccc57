import { Pod } from '@keelson/api/core/v1';
import { harness } from '@keelson/testing';
import reaper from './plugin.ts';

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

it('deletes a finished pod when its time has come, and leaves a running one', () =>
  harness(reaper, { config: { keepSeconds: 120 }, objects: pods }, async (test) => {
    const names = async (): Promise<readonly (string | undefined)[]> => (await test.api.list(Pod, { namespace: 'default' })).items.map(({ metadata }) => metadata.name);
    for (const [name, phase] of [['finished', 'Succeeded'], ['busy', 'Running']] as const) {
      await test.api.patch(Pod, { namespace: 'default', name }, { type: 'merge', body: { status: { phase } } }, { subresource: 'status' });
    }
    await test.advance('119s');
    expect(await names()).toEqual(['busy', 'finished']);
    await test.advance('2s');
    expect(await names()).toEqual(['busy']);
  }));
