import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { emptyDirDriver } from './empty-dir-driver.ts';

/** Volumes of type `emptyDir`. */
export default definePlugin({
  name: '@keelson/volume-empty-dir',
  version: '0.1.0',
  kind: 'volume',
  summary: 'gives a pod a folder of its own, on disk or in memory',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(emptyDirDriver)],
});
