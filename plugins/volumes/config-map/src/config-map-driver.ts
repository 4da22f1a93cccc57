import { configMapFiles, defaultFileMode, type MountedVolume, type VolumeDriver, type VolumeMountRequest } from '@keelson/sdk/volumes';

/** Makes volumes of type `configMap`. */
export const configMapDriver: VolumeDriver = {
  name: 'config-map',
  field: 'configMap',
  mount,
  unmount: ({ directory, disk }) => disk.remove(directory),
};

async function mount({ pod, volume, directory, sources, fsGroup, disk }: VolumeMountRequest): Promise<MountedVolume> {
  const { name = '', optional = false, items, defaultMode = defaultFileMode } = volume.configMap ?? {};
  const files = await configMapFiles({ name, optional, items }, { pod, sources, mode: defaultMode });
  await disk?.replaceFiles(directory, files, fsGroup);
  return { hostPath: directory, live: true };
}
