import { constants } from 'node:fs';
import { chmod, mkdir, open, readlink, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { mount, mountsBelow } from './disk/mount-table.ts';

/**
 * Binds `subPath` of a volume to `target` and resolves to it. The path is opened once, seen to be inside of the volume,
 * and what was opened is bound: a link that a container swaps meanwhile leads nowhere else. A missing one becomes a folder.
 */
export async function bindSubPath(volume: string, subPath: string, target: string): Promise<string> {
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) throw new Error(`failed to prepare subPath: ${JSON.stringify(subPath)} must be a relative path and must not contain ".."`);
  if ((await mountsBelow(target)).includes(target)) return target;
  const root = await realpath(volume);
  const path = await ensure(root, subPath);
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    // Named through this process: the program that mounts is another one.
    const opened = `/proc/${process.pid}/fd/${handle.fd}`;
    inside(root, await readlink(opened), subPath);
    await mkdir(dirname(target), { recursive: true });
    if ((await handle.stat()).isDirectory()) await mkdir(target, { recursive: true });
    else await writeFile(target, '');
    await mount(['--bind', opened, target]);
    return target;
  } finally {
    await handle.close();
  }
}

/** The real path below `root`; folders that are missing are made one by one, none outside of it. */
async function ensure(root: string, subPath: string): Promise<string> {
  let at = root;
  for (const part of subPath.split('/').filter((name) => name !== '' && name !== '.')) {
    const next = join(at, part);
    const found = await realpath(next).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (found === undefined) {
      await mkdir(next);
      // As open as the volume itself, whatever this process masks.
      await chmod(next, (await stat(root)).mode & 0o7777);
    }
    at = found ?? (await realpath(next));
    inside(root, at, subPath);
  }
  return at;
}

function inside(root: string, path: string, subPath: string): void {
  if (path !== root && !path.startsWith(root + sep)) throw new Error(`failed to prepare subPath: ${JSON.stringify(subPath)} leads out of the volume`);
}
