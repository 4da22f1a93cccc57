import { definePlugin } from '@keelson/sdk';
import { VolumeDrivers } from '@keelson/sdk/volumes';
import { downwardApiDriver } from './downward-api-driver.ts';

/** Volumes of type `downwardAPI`. */
export default definePlugin({
  name: '@keelson/volume-downward-api',
  version: '0.1.0',
  kind: 'volume',
  summary: 'mounts fields of the pod and resources of its containers as files',
  provides: [VolumeDrivers],
  setup: () => [VolumeDrivers.with(downwardApiDriver)],
});
