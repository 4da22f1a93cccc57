import { fileURLToPath } from 'node:url';
import { registerHostModules } from './index.ts';
import { inspect } from './inspect.ts';
import { loadDistribution } from './loader/load.ts';
import { resolveDistribution } from './resolve.ts';
import { registerForTests } from './testdata/fixtures.ts';

it('loads the example distribution, with a plugin by path and one by name, and wires it', async () => {
  registerForTests();
  // Loaded only because the file asks for them.
  registerHostModules({ '@keelson/distro/presets': () => import('./presets/index.ts'), '@keelson/runtime-sim': () => import('@keelson/runtime-sim') });
  const { distribution, source } = await loadDistribution('acme.ts', { from: fileURLToPath(new URL('../../../examples/distributions', import.meta.url)) });
  const { plugins, resolved } = inspect(resolveDistribution(distribution, source));
  expect(plugins.map(({ name }) => name)).toContain('@acme/keelson-controller-pod-reaper');
  expect(resolved.plugins.get('@keelson/runtime-sim')!.why.at(-1)).toMatch(/^acme configures it \(acme\.ts:\d+\)$/);
});
