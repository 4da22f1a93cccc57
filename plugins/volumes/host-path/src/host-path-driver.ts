import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { MountedVolume, VolumeDriver, VolumeMountRequest } from '@keelson/sdk/volumes';

/** Makes volumes of type `hostPath`. */
export const hostPathDriver: VolumeDriver = {
  name: 'host-path',
  field: 'hostPath',
  mount,
  // The path is the node's own: it stays.
  unmount: async () => undefined,
};

async function mount({ volume, disk }: VolumeMountRequest): Promise<MountedVolume> {
  const { path = '', type = '' } = volume.hostPath ?? {};
  // A node that mounts nothing has no files of its own to look for.
  if (disk !== undefined) await check(path, type);
  return { hostPath: path };
}

const kinds: Readonly<Record<string, { readonly words: string; readonly is: (found: Stats) => boolean }>> = {
  Directory: { words: 'directory', is: (found) => found.isDirectory() },
  DirectoryOrCreate: { words: 'directory', is: (found) => found.isDirectory() },
  File: { words: 'file', is: (found) => found.isFile() },
  FileOrCreate: { words: 'file', is: (found) => found.isFile() },
  Socket: { words: 'socket', is: (found) => found.isSocket() },
  CharDevice: { words: 'character device', is: (found) => found.isCharacterDevice() },
  BlockDevice: { words: 'block device', is: (found) => found.isBlockDevice() },
};

async function check(path: string, type: string): Promise<void> {
  if (type === '') return;
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`hostPath type check failed: ${path} is of the unknown type ${type}`);
  let found = await look(path);
  if (found === undefined && type.endsWith('OrCreate')) {
    await create(path, type);
    found = await look(path);
  }
  if (found === undefined || !kind.is(found)) throw new Error(`hostPath type check failed: ${path} is not a ${kind.words}`);
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Upstream's modes; of a file the parent must be there. */
async function create(path: string, type: string): Promise<void> {
  if (type === 'DirectoryOrCreate') {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return;
  }
  const file = await open(path, constants.O_CREAT | constants.O_WRONLY, 0o644).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  await file?.close();
}
