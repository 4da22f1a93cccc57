import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { removeFromKubeconfig, writeKubeconfig } from '@keelson/kernel/apiserver/pki';
import { replaceFile } from '../adapters/replace-file.ts';
import { readKubeconfig } from './kubeconfig-access.ts';

/** Adds the context `keelson-<name>` of a cluster's own kubeconfig to another file and makes it current; other entries stay. */
export async function mergeInto(file: string, own: string, name: string): Promise<void> {
  const access = readKubeconfig(own, `keelson-${name}`);
  await writeKubeconfig(file, {
    name,
    server: access.server,
    authority: access.authority ?? '',
    client: { certificate: access.certificate ?? '', privateKey: access.key ?? '' },
  });
}

/** Removes the entries called `keelson-<name>` from a file, if it is there; nothing else changes. */
export async function removeFrom(file: string, name: string): Promise<void> {
  if (!existsSync(file)) return;
  const before = await readFile(file, 'utf8');
  const after = removeFromKubeconfig(before, name);
  if (after !== before) await replaceFile(file, after);
}
