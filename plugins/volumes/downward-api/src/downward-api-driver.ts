import { defaultFileMode, downwardFiles, type MountedVolume, type VolumeDriver, type VolumeMountRequest } from '@keelson/sdk/volumes';

/** Makes volumes of type `downwardAPI`. */
export const downwardApiDriver: VolumeDriver = {
  name: 'downward-api',
  field: 'downwardAPI',
  mount,
  unmount: ({ directory, disk }) => disk.remove(directory),
};

async function mount({ pod, volume, directory, sources, fsGroup, disk }: VolumeMountRequest): Promise<MountedVolume> {
  const { items = [], defaultMode = defaultFileMode } = volume.downwardAPI ?? {};
  await disk?.replaceFiles(directory, downwardFiles(items, { pod, sources, mode: defaultMode }), fsGroup);
  return { hostPath: directory, live: true };
}
