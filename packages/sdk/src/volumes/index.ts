export { VolumeDrivers } from './drivers.ts';
export type { MountedVolume, VolumeDriver, VolumeMountRequest, VolumeSources } from './drivers.ts';
