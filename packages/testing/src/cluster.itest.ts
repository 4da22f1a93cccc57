import { ConfigMap, Namespace } from '@keelson/api/core/v1';
import { defineDistribution } from '@keelson/distro';
import { cluster } from './index.ts';

const bare = defineDistribution({ name: 'bare', version: '0.1.0', plugins: [] });

describe('a cluster in this process', () => {
  it('boots, serves and forks without sharing what comes after', async () => {
    const first = await cluster(bare);
    await first.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n');
    const second = await first.fork();
    await second.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n');
    expect((await second.api.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect((await first.api.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect((await first.api.list(Namespace)).items).toHaveLength(4);
    await second.close();
    await first.close();
  });

  it('repeats itself byte for byte under the same seed, and differs under another', async () => {
    const run = async (seed: string) => {
      const one = await cluster(bare, { seed });
      await one.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n');
      await one.advance('1h');
      const text = one.log.text();
      await one.close();
      return text;
    };
    const once = await run('x');
    expect(once.split('\n').length).toBeGreaterThan(50);
    expect(await run('x')).toBe(once);
    expect(await run('y')).not.toBe(once);
  });
});
