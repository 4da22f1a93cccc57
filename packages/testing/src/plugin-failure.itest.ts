import { Deployment } from '@keelson/api/apps/v1';
import { resolveDistribution } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
import { VirtualClock, cluster, explained } from './index.ts';
import { faultsOfEndState, restlessWrites } from './testdata/end-state.ts';
import { web } from './testdata/web.ts';

const plugins = [...resolveDistribution(standard).plugins.keys()].sort();

describe('a plugin that fails in the middle of its work', () => {
  it.each(plugins)('%s starts again, takes the work up and leaves nothing of its first life', async (plugin) => {
    const test = await cluster(standard, { clock: new VirtualClock(undefined, { origins: true }) });
    try {
      await test.apply(web);
      await test.clock.step();
      expect(test.cluster.host.fail(plugin, new Error('injected fault'))).toBe(true);
      await test.advance('10s');
      await test.api.patch(Deployment, { namespace: 'shop', name: 'web' }, { type: 'merge', body: { spec: { replicas: 5 } } });
      await test.advance('3m');
      const before = test.log.lines.length;
      await test.advance('10m');
      expect({ wrong: await faultsOfEndState(test), restless: restlessWrites(test.log.lines.slice(before)) }).toEqual({ wrong: [], restless: [] });
      const { state } = test.cluster.host.status().find(({ name }) => name === plugin)!;
      expect(['ready', 'disabled']).toContain(state);
    } catch (error) {
      throw explained(error, test);
    } finally {
      await test.close();
    }
    expect(test.clock.timers).toEqual([]);
  });
});
