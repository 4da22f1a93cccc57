import { chmod, chown, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { VolumeFile } from '@keelson/sdk/volumes';

/** Link to the folder that holds the present files; what users see are links through it. */
const dataLink = '..data';

/**
 * Makes a folder of exactly these files in one step: they are written to a new hidden folder, then one link is swapped.
 * Readers see the old or the new set. Nothing is written when content and modes are there already.
 */
export async function replaceFiles(directory: string, files: readonly VolumeFile[], fsGroup: number | undefined): Promise<void> {
  for (const { path } of files) checkPath(path);
  await mkdir(directory, { recursive: true });
  await own(directory, fsGroup, 0o755);
  const before = await readlink(join(directory, dataLink)).catch(() => undefined);
  if (before !== undefined && (await holds(join(directory, before), files, fsGroup))) return;
  const fresh = await mkdtemp(join(directory, '..keelson_'));
  await own(fresh, fsGroup, 0o755);
  for (const file of files) await write(fresh, file, fsGroup);
  const link = join(directory, `${dataLink}_tmp`);
  await rm(link, { force: true });
  await symlink(basename(fresh), link);
  await rename(link, join(directory, dataLink));
  await linkNames(directory, new Set(files.map(({ path }) => path.split('/')[0]!)));
  // The one before, and what an interrupted run left.
  for (const name of await readdir(directory)) {
    if (name.startsWith('..') && name !== dataLink && name !== basename(fresh)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

function checkPath(path: string): void {
  const parts = path.split('/');
  const bad = path === '' || path.startsWith('/') || parts.includes('..') || parts[0]!.startsWith('..') || path.length > 4096;
  if (bad) throw new Error(`invalid path ${JSON.stringify(path)}: must be relative and must not contain or begin with ".."`);
}

async function write(root: string, { path, content, mode, uid }: VolumeFile, fsGroup: number | undefined): Promise<void> {
  const folder = join(root, dirname(path));
  await mkdir(folder, { recursive: true });
  for (let at = folder; at.length > root.length; at = dirname(at)) await own(at, fsGroup, 0o755);
  const file = join(root, path);
  await writeFile(file, content, { mode: 0o600 });
  // The mode comes last: a change of owner takes special bits away.
  if (uid !== undefined || fsGroup !== undefined) await chown(file, uid ?? 0, fsGroup ?? 0);
  await chmod(file, modeOf(mode, fsGroup));
}

/** With a group, its members may read. */
function modeOf(mode: number, fsGroup: number | undefined): number {
  return fsGroup === undefined ? mode : mode | 0o440;
}

async function own(directory: string, fsGroup: number | undefined, mode: number): Promise<void> {
  if (fsGroup !== undefined) await chown(directory, 0, fsGroup);
  await chmod(directory, fsGroup === undefined ? mode : mode | 0o2050);
}

async function linkNames(directory: string, names: ReadonlySet<string>): Promise<void> {
  const present = new Set((await readdir(directory)).filter((name) => !name.startsWith('..')));
  for (const name of names) if (!present.has(name)) await symlink(join(dataLink, name), join(directory, name));
  for (const name of present) if (!names.has(name)) await rm(join(directory, name), { force: true });
}

async function holds(root: string, files: readonly VolumeFile[], fsGroup: number | undefined): Promise<boolean> {
  const present = await filesBelow(root, '').catch(() => undefined);
  if (present?.length !== files.length) return false;
  for (const { path, content, mode, uid } of files) {
    const at = join(root, path);
    const found = await lstat(at).catch(() => undefined);
    if (found?.isFile() !== true || (found.mode & 0o7777) !== modeOf(mode, fsGroup) || found.uid !== (uid ?? found.uid) || found.gid !== (fsGroup ?? found.gid)) return false;
    if (!(await readFile(at)).equals(typeof content === 'string' ? Buffer.from(content) : content)) return false;
  }
  return true;
}

async function filesBelow(root: string, inner: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, inner), { withFileTypes: true })) {
    const path = join(inner, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(root, path)));
    else found.push(path);
  }
  return found;
}
