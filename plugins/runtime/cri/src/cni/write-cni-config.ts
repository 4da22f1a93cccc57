import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeelsonError } from '@keelson/sdk';
import { shimScript, shimType } from './shim.ts';

/** Where containerd looks for CNI, and where its calls go. Absolute paths. */
export interface CniPlaces {
  readonly confDir: string;
  readonly binDir: string;
  readonly socket: string;
  /** Folders of standard CNI binaries: containerd calls `loopback` for every sandbox. */
  readonly standardDirs: readonly string[];
}

/** First in the folder by name, which is what containerd takes. */
const conflistName = '00-keelson.conflist';

const conflist = {
  cniVersion: '1.0.0',
  name: 'keelson',
  plugins: [{ type: shimType, capabilities: { portMappings: true } }],
};

/** Makes containerd's CNI calls come to this agent. Throws KEEL_CNI_LOOPBACK where the standard plugin is missing. */
export async function writeCniConfig({ confDir, binDir, socket, standardDirs }: CniPlaces): Promise<void> {
  await Promise.all([mkdir(confDir, { recursive: true }), mkdir(binDir, { recursive: true })]);
  await linkLoopback(binDir, standardDirs);
  const shim = join(binDir, shimType);
  await writeIfOther(shim, shimScript(socket), 0o755);
  // Last: from now on containerd makes pods with it.
  await writeIfOther(join(confDir, conflistName), `${JSON.stringify(conflist, undefined, 2)}\n`, 0o644);
}

async function linkLoopback(binDir: string, standardDirs: readonly string[]): Promise<void> {
  const link = join(binDir, 'loopback');
  if (existsSync(link)) return;
  const found = standardDirs.map((folder) => join(folder, 'loopback')).find((path) => existsSync(path));
  if (found === undefined) {
    throw new KeelsonError('KEEL_CNI_LOOPBACK', `the standard CNI plugin loopback is in none of ${standardDirs.join(', ')}: install it (Debian: apt-get install containernetworking-plugins)`);
  }
  await symlink(found, link);
}

/** By rename: containerd reads the folder whenever it changes, and must not see half a file. */
async function writeIfOther(path: string, text: string, mode: number): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode });
  await chmod(draft, mode);
  await rename(draft, path);
}
