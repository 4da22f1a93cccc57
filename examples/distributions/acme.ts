import { defineDistribution, use } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
// By name: a package of this repository, or one that `npm install` put beside this file.
import sim from '@keelson/runtime-sim';
// By path: a package of its own, outside the workspace; nothing has to be built or linked.
import reaper from '../third-party-plugin/src/plugin.ts';

/** The standard cluster whose containers take their time and without finished pods lying around. */
export default defineDistribution({
  name: 'acme',
  version: '1.0.0',
  extends: [standard],
  configure: [use(sim, { startDelay: '2s', jitter: 0.2 })],
  plugins: [use(reaper, { keepSeconds: 120 })],
  onFailure: { '@acme/keelson-controller-pod-reaper': 'disable' },
});
