export { VolumeDrivers } from './drivers.ts';
export type {
  BoundToken, MountedVolume, VolumeDisk, VolumeDriver, VolumeFile, VolumeMountRequest, VolumeSources,
} from './drivers.ts';
