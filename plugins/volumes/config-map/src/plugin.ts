import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { configMapDriver } from './config-map-driver.ts';

/** Volumes of type `configMap`. */
export default definePlugin({
  name: '@keelson/volume-config-map',
  version: '0.1.0',
  kind: 'volume',
  summary: 'mounts ConfigMaps as files that follow their object',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(configMapDriver)],
});
