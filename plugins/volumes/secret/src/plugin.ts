import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { secretDriver } from './secret-driver.ts';

/** Volumes of type `secret`. */
export default definePlugin({
  name: '@keelson/volume-secret',
  version: '0.1.0',
  kind: 'volume',
  summary: 'mounts Secrets as files that follow their object',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(secretDriver)],
});
