import { readFileSync } from 'node:fs';
import { requireRunning, type ClusterFlags } from '../cluster/find.ts';
import { CliError, ExitCode } from '../errors.ts';
import type { World } from '../world.ts';

/** `keelson get kubeconfig`: prints the cluster's own kubeconfig; fails while the cluster is not ready. */
export async function getKubeconfig(world: World, flags: ClusterFlags): Promise<number> {
  const { state, access } = requireRunning(world, flags);
  const ready = await world.clusterApi.get(access, '/readyz');
  if (ready.status !== 200) throw new CliError('KEEL_CLUSTER_NOT_READY', `cluster "${state.name}" is not ready yet; see: keelson status --name ${state.name}`);
  world.out.write(readFileSync(state.kubeconfig, 'utf8'));
  return ExitCode.ok;
}
