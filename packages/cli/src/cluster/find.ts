import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import type { World } from '../world.ts';
import { clustersFolder, defaultName, placeHere, placeNamed, type ClusterPlace } from './places.ts';
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
    if (running !== undefined || namesIn(clustersFolder(world)).includes(name)) {
      refuseTwo(world, place, running);
      return { place, running };
    }
  }
  const place = placeHere(world, flags);
  // A name that is not known must not quietly mean another cluster.
  if (flags.dataDir === undefined && name !== undefined && readState(place)?.name !== name) return { place: placeNamed(world, name), running: undefined };
  return { place, running: runningState(world, place) };
}

/** Two clusters may have one name, since every directory has its own; which one is meant, only the user knows. */
function refuseTwo(world: World, { name, dataDir }: ClusterPlace, running: ClusterState | undefined): void {
  const here = placeHere(world, { name });
  if (running === undefined || runningState(world, here)?.name !== name) return;
  throw new CliError('KEEL_CLUSTER_AMBIGUOUS', `two clusters are called "${name}", in ${here.dataDir} and in ${dataDir}: choose one with --data-dir`);
}

/** A running cluster with the way to its API. Throws KEEL_CLUSTER_NOT_RUNNING with what to type. */
export function requireRunning(world: World, flags: ClusterFlags): { readonly place: ClusterPlace; readonly state: ClusterState; readonly access: KubeconfigAccess } {
  const { place, running } = findCluster(world, flags);
  if (running === undefined) {
    const others = allClusters(world).filter((cluster) => cluster.running !== undefined).map((cluster) => cluster.place.name);
    const way = others.length === 0 ? `start it with "${startCommand(world, place)}"` : `running are: ${others.join(', ')} (choose with --name)`;
    throw new CliError('KEEL_CLUSTER_NOT_RUNNING', `cluster "${place.name}" is not running in ${place.dataDir}: ${way}`);
  }
  return { place, state: running, access: readKubeconfig(running.kubeconfig, `keelson-${running.name}`) };
}

/** What to type to start the cluster of a place: a named one lives in the user's home, the other where it was started. */
export function startCommand(world: World, place: ClusterPlace): string {
  if (dirname(place.dataDir) === clustersFolder(world)) return `keelson create cluster ${place.name}`;
  const here = place.dataDir === resolve(world.cwd, '.keelson') ? '' : ` --data-dir ${place.dataDir}`;
  return `keelson up${here}${place.name === defaultName ? '' : ` --name ${place.name}`}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}
