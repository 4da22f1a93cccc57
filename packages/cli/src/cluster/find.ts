import { readdirSync } from 'node:fs';
import { CliError } from '../errors.ts';
import type { World } from '../world.ts';
import { clustersFolder, placeHere, placeNamed, type ClusterPlace } from './places.ts';
import { readState, runningState, type ClusterState } from './state-file.ts';
import { readKubeconfig, type KubeconfigAccess } from './kubeconfig-access.ts';

/** A cluster with the state that its process left, if it runs. */
export interface KnownCluster {
  readonly place: ClusterPlace;
  readonly running: ClusterState | undefined;
}

/** Flags that name a cluster. */
export interface ClusterFlags {
  readonly name?: string;
  readonly dataDir?: string;
}

/** All clusters of the user, by name, and the one of the current directory if there is one. */
export function allClusters(world: World): readonly KnownCluster[] {
  const places = namesIn(clustersFolder(world)).map((name) => placeNamed(world, name));
  const here = placeHere(world, {});
  const state = readState(here);
  if (state !== undefined) places.push({ ...here, name: state.name });
  return places.map((place) => ({ place, running: runningState(world, place) }));
}

/** The cluster that flags or the environment name, else the one of the current directory. */
export function findCluster(world: World, flags: ClusterFlags): KnownCluster {
  const name = flags.name ?? world.env['KEELSON_CLUSTER_NAME'];
  if (flags.dataDir === undefined && name !== undefined) {
    const place = placeNamed(world, name);
    const running = runningState(world, place);
    if (running !== undefined || namesIn(clustersFolder(world)).includes(name)) return { place, running };
  }
  const place = placeHere(world, flags);
  // A name that is not known must not quietly mean another cluster.
  if (flags.dataDir === undefined && name !== undefined && readState(place)?.name !== name) return { place: placeNamed(world, name), running: undefined };
  return { place, running: runningState(world, place) };
}

/** A running cluster with the way to its API. Throws KEEL_CLUSTER_NOT_RUNNING with what to type. */
export function requireRunning(world: World, flags: ClusterFlags): { readonly place: ClusterPlace; readonly state: ClusterState; readonly access: KubeconfigAccess } {
  const { place, running } = findCluster(world, flags);
  if (running === undefined) {
    const others = allClusters(world).filter((cluster) => cluster.running !== undefined).map((cluster) => cluster.place.name);
    const way = others.length === 0 ? 'start one with "keelson up"' : `running are: ${others.join(', ')} (choose with --name)`;
    throw new CliError('KEEL_CLUSTER_NOT_RUNNING', `cluster "${place.name}" is not running in ${place.dataDir}: ${way}`);
  }
  return { place, state: running, access: readKubeconfig(running.kubeconfig, `keelson-${running.name}`) };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}
