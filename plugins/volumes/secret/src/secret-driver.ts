import { defaultFileMode, secretFiles, type MountedVolume, type VolumeDriver, type VolumeMountRequest } from '@keelson/sdk/volumes';

/** Makes volumes of type `secret`. */
export const secretDriver: VolumeDriver = {
  name: 'secret',
  field: 'secret',
  mount,
  unmount: ({ directory, disk }) => disk.remove(directory),
};

async function mount({ pod, volume, directory, sources, fsGroup, disk }: VolumeMountRequest): Promise<MountedVolume> {
  const { secretName = '', optional = false, items, defaultMode = defaultFileMode } = volume.secret ?? {};
  const files = await secretFiles({ name: secretName, optional, items }, { pod, sources, mode: defaultMode });
  // In memory, as upstream does: secrets never reach the disk.
  await disk?.mountMemory(directory, undefined);
  await disk?.replaceFiles(directory, files, fsGroup);
  return { hostPath: directory, live: true };
}
