export { configMapFiles, defaultFileMode, downwardFiles, secretFiles, tokenFile } from './content.ts';
export type { ContentReference } from './content.ts';
export { VolumeDrivers } from './drivers.ts';
export type {
  BoundToken, MountedVolume, VolumeDisk, VolumeDriver, VolumeFile, VolumeMountRequest, VolumeSources,
} from './drivers.ts';
