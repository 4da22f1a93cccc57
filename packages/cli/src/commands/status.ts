import { findCluster, requireRunning, startCommand, type ClusterFlags } from '../cluster/find.ts';
import { ExitCode } from '../errors.ts';
import { hostsOf, hostLines } from '../hosts/hosts-of.ts';
import { age, formatOf, print, table } from '../output/print.ts';
import type { World } from '../world.ts';

interface NodeList {
  readonly items?: readonly { readonly metadata?: { readonly name?: string }; readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } }[];
}

/** `keelson status`: is the cluster there, ready, and with how many ready nodes. Exit code 5 when it is not running, 7 when not ready. */
export async function status(world: World, flags: ClusterFlags & { readonly output?: string }): Promise<number> {
  const format = formatOf(flags.output);
  const { place, running } = findCluster(world, flags);
  if (running === undefined) {
    print(world.out, format, { name: place.name, running: false, ready: false, dataDir: place.dataDir }, () => `Cluster "${place.name}" is not running. Start it with: ${startCommand(world, place)}`);
    return ExitCode.cluster;
  }
  const { access } = requireRunning(world, flags);
  const [ready, version, nodes] = await Promise.all([
    world.clusterApi.get(access, '/readyz?verbose'),
    world.clusterApi.get(access, '/version'),
    world.clusterApi.get(access, '/api/v1/nodes'),
  ]);
  const isReady = ready.status === 200;
  const checks = ready.body.split('\n').filter((line) => /^\[[+-]\]/.test(line));
  const failing = checks.filter((line) => line.startsWith('[-]')).map((line) => line.slice(3));
  const items = (parsed(nodes.body) as NodeList).items ?? [];
  const readyNodes = items.filter((node) => node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')).length;
  const facts = {
    name: running.name,
    running: true,
    ready: isReady,
    server: running.server,
    kubeconfig: running.kubeconfig,
    version: (parsed(version.body) as { gitVersion?: string }).gitVersion ?? 'unknown',
    nodes: items.length,
    readyNodes,
    storage: running.storage,
    runtime: running.runtime,
    distribution: running.distribution,
    pid: running.pid,
    hosts: hostsOf(place.dataDir),
    startedAt: running.startedAt,
    checks: { passing: checks.length - failing.length, failing },
  };
  print(world.out, format, facts, () => table(['CLUSTER', facts.name], [
    ['Status', isReady ? 'Ready' : `Not ready: ${failing.join('; ') || `readyz answered ${ready.status}`}`],
    ['Server', facts.server],
    ['Version', facts.version],
    ['Nodes', `${readyNodes} of ${items.length} ready (${facts.runtime})`],
    ['Storage', facts.storage],
    ['Distribution', facts.distribution],
    ['Kubeconfig', facts.kubeconfig],
    ...hostLines(facts.hosts),
    ['Process', `${facts.pid}, up ${age(world.clock.now() - facts.startedAt)}`],
  ]));
  return isReady ? ExitCode.ok : ExitCode.api;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return {};
  }
}
