import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { hostPathDriver } from './host-path-driver.ts';

/** Volumes of type `hostPath`. */
export default definePlugin({
  name: '@keelson/volume-host-path',
  version: '0.1.0',
  kind: 'volume',
  summary: 'mounts a file or a folder of the node',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(hostPathDriver)],
});
