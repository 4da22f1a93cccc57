import { existsSync } from 'node:fs';
import { CliError } from '../errors.ts';
import { readKubeconfig, type KubeconfigAccess } from './kubeconfig-access.ts';
import type { ClusterPlace } from './places.ts';

/**
 * Refuses to write the context of a cluster over that of another one with the same name. Two are the same when they
 * share an authority, which a cluster keeps in its data directory; an entry for the address that this cluster is about
 * to listen at is left over from one that is gone. Throws KEEL_KUBECONFIG_TAKEN.
 */
export function refuseForeignContext(place: ClusterPlace, file: string, server?: string): void {
  const there = accessIn(file, place.name);
  if (there === undefined || there.server === server) return;
  if (there.authority === accessIn(place.kubeconfig, place.name)?.authority) return;
  throw new CliError('KEEL_KUBECONFIG_TAKEN', `context keelson-${place.name} in ${file} belongs to another cluster (${there.server}): choose another name with --name, or remove it with kubectl --kubeconfig ${file} config delete-context keelson-${place.name}`);
}

function accessIn(file: string, name: string): KubeconfigAccess | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return readKubeconfig(file, `keelson-${name}`);
  } catch {
    // No such context, or a file that writing will complain about.
    return undefined;
  }
}
