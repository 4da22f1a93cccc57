import { parseQuantity } from '@keelson/api/quantity';
import type { MountedVolume, VolumeDriver, VolumeMountRequest } from '@keelson/sdk/volumes';

/** Everybody may write: containers run as whatever user their images say. */
const mode = 0o777;

/** Makes volumes of type `emptyDir`. */
export const emptyDirDriver: VolumeDriver = {
  name: 'empty-dir',
  field: 'emptyDir',
  mount,
  unmount: ({ directory, disk }) => disk.remove(directory),
};

async function mount({ volume, directory, fsGroup, disk }: VolumeMountRequest): Promise<MountedVolume> {
  const { medium = '', sizeLimit } = volume.emptyDir ?? {};
  if (medium !== '' && medium !== 'Memory') throw new Error(`unknown storage medium "${medium}"`);
  const limit = sizeLimit === undefined ? 0n : parseQuantity(sizeLimit).nano / 1_000_000_000n;
  if (medium === 'Memory') await disk?.mountMemory(directory, limit > 0n ? Number(limit) : undefined);
  await disk?.makeDirectory(directory, mode, fsGroup);
  return { hostPath: directory };
}
