import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Tracer } from '@opentelemetry/api';
import type { Node, Pod } from '@keelson/api/core/v1';
import { parseQuantity } from '@keelson/api/quantity';
import type { FlushableEventRecorder, InformerFactory } from '@keelson/client';
import type { ApiClient, Clock, Logger, Random } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { ContainerRuntime, RuntimeProvider } from '@keelson/sdk/runtime';
import type { VolumeDriver } from '@keelson/sdk/volumes';
import type { AgentSettings } from './agent-settings.ts';
import type { EnvSources } from './env/build-env.ts';
import { Cgroups, cgroupLayout } from './host/cgroups.ts';
import { machineCapacity, machinePressures } from './host/machine.ts';
import { NodeHost } from './host/node-host.ts';
import { parseResolvConf } from './host/resolv-conf.ts';
import { identityOf, type NodePlan } from './node-plan.ts';
import { NodeHealth } from './node/node-health.ts';
import type { NodeIdentity } from './node/node-object.ts';
import { obtainPodCidr } from './node/obtain-pod-cidr.ts';
import { registerNode } from './node/register-node.ts';
import type { NodeTools } from './pod/node-tools.ts';
import type { PodWorker } from './pod/pod-worker.ts';
import { groupRecovered, type Recovered } from './pod/restore.ts';
import type { ObjectWatches } from './volumes/object-watches.ts';
import { nodeDisk } from './volumes/disk/node-disk.ts';
import { PodDirectories } from './volumes/pod-directories.ts';
import { volumeSources } from './volumes/volume-sources.ts';

/** One node that this agent runs. */
export interface RunningNode {
  readonly identity: NodeIdentity;
  readonly runtime: ContainerRuntime;
  readonly tools: NodeTools;
  readonly health: NodeHealth;
  /** What the runtime still had at start, by pod uid; taken by the workers. */
  readonly recovered: Map<string, Recovered>;
  readonly workers: Set<PodWorker>;
  /** As last seen. */
  node: Node;
}

/** What a node is opened with; all nodes of an agent share it. */
export interface OpenNodeMeans {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly settings: AgentSettings;
  readonly provider: RuntimeProvider;
  readonly podNetwork: PodNetwork | undefined;
  readonly drivers: Iterable<VolumeDriver>;
  readonly informers: InformerFactory;
  readonly watches: ObjectWatches;
  readonly events: FlushableEventRecorder;
  env(identity: NodeIdentity): EnvSources;
  readonly shared: Pick<NodeTools, 'network' | 'statuses' | 'crashes' | 'pulls' | 'deletePod'>;
}

/** Opens the runtime of a node, finds out what still runs there and registers the node. */
export async function openNode(plan: NodePlan, expected: readonly Pod[], means: OpenNodeMeans): Promise<RunningNode> {
  const { api, clock, random, log, tracer, settings, provider, podNetwork, informers, events } = means;
  const { nodeName } = plan;
  const podCidr = plan.podCidr === '' ? await obtainPodCidr(api, informers, nodeName, clock.now(), settings.registerNode) : plan.podCidr;
  const runtime = await provider.open({ nodeName, podCidr, hostIp: plan.ownIp });
  const real = runtime.info.mounts === true;
  const directories = new PodDirectories(settings.exactName ? resolve(settings.root) : join(resolve(settings.root), nodeName));
  if (real) for (const folder of [directories.pods, directories.logs]) await mkdir(folder, { recursive: true });
  const machine = real ? await machineCapacity(directories.root) : {};
  const identity = identityOf({ ...plan, podCidr }, runtime.info, settings, random, machine);
  const own = log.child({ node: nodeName });
  const host = real ? await openHost(nodeName, directories, means, own) : undefined;
  const health = new NodeHealth(runtime, podNetwork, clock, real ? () => machinePressures(directories.root) : undefined);
  const { sandboxes, containers } = await runtime.recover(expected);
  const tools: NodeTools = {
    nodeName, hostIp: identity.hostIp, runtime, clock, tracer, events, log: own, host,
    ...means.shared,
    env: means.env(identity),
    volumes: {
      drivers: means.drivers,
      disk: host?.disk,
      directories,
      watches: means.watches,
      clock, events, log: own,
      sources: () => volumeSources({ api, clock, hostIp: identity.hostIp, allocatable: identity.capacity }),
    },
    dns: { clusterDns: settings.clusterDns, clusterDomain: settings.clusterDomain, host: parseResolvConf(real ? await readFile(settings.resolvConf, 'utf8').catch(() => '') : '') },
    nodeMemory: Number(parseQuantity(identity.capacity['memory'] ?? '0').nano / 1_000_000_000n),
    networkFault: () => health.networkFault(),
  };
  const node = await registerNode(api, identity, runtime.info, clock.now(), { facts: await health.facts(), create: settings.registerNode });
  return { identity, runtime, tools, health, recovered: groupRecovered(sandboxes, containers), workers: new Set(), node };
}

async function openHost(nodeName: string, directories: PodDirectories, { settings, clock }: OpenNodeMeans, log: Logger): Promise<NodeHost> {
  const layout = cgroupLayout(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  if (layout === undefined) log.warn('this machine has no cgroups: pods run without limits');
  const parent = settings.cgroupRoot === '' ? `/keelson/${nodeName}` : settings.cgroupRoot;
  return new NodeHost(directories, nodeDisk, layout === undefined ? undefined : new Cgroups(layout, parent, clock, log), settings.clusterDomain, log);
}
