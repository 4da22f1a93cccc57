import { join, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import type { World } from '../world.ts';

/** Where a cluster keeps its files. */
export interface ClusterPlace {
  readonly name: string;
  readonly dataDir: string;
  /** The cluster's own kubeconfig; other files are touched only on request. */
  readonly kubeconfig: string;
  readonly state: string;
  readonly log: string;
}

/** Name of the cluster of the current directory when nothing says otherwise. */
export const defaultName = 'keelson';

/** The cluster of the current directory: data in `.keelson`, or where `--data-dir` says. */
export function placeHere(world: World, options: { readonly name?: string | undefined; readonly dataDir?: string | undefined }): ClusterPlace {
  const name = checkName(options.name ?? world.env['KEELSON_CLUSTER_NAME'] ?? defaultName);
  return placeAt(name, resolve(world.cwd, options.dataDir ?? '.keelson'));
}

/** A cluster that `create cluster NAME` made, in the user's home. */
export function placeNamed(world: World, name: string): ClusterPlace {
  return placeAt(checkName(name), join(clustersFolder(world), name));
}

/** Folder that holds the named clusters; `KEELSON_HOME` moves it. */
export function clustersFolder(world: World): string {
  return join(world.env['KEELSON_HOME'] ?? join(world.home, '.keelson'), 'clusters');
}

function placeAt(name: string, dataDir: string): ClusterPlace {
  return { name, dataDir, kubeconfig: join(dataDir, 'kubeconfig'), state: join(dataDir, 'cluster.json'), log: join(dataDir, 'keelson.log') };
}

function checkName(name: string): string {
  if (!/^[a-z0-9]([-a-z0-9.]{0,48}[a-z0-9])?$/.test(name)) {
    throw new CliError('KEEL_USAGE_NAME', `cluster name "${name}" is not valid: use lower-case letters, digits, "-" and ".", at most 50 characters`);
  }
  return name;
}
