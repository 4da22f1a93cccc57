import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { projectedDriver } from './projected-driver.ts';

/** Volumes of type `projected`. */
export default definePlugin({
  name: '@keelson/volume-projected',
  version: '0.1.0',
  kind: 'volume',
  summary: 'mounts tokens, ConfigMaps, Secrets and the downward API together as one set of files',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(projectedDriver)],
});
