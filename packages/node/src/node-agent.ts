import type { Tracer } from '@opentelemetry/api';
import { objectKey } from '@keelson/api';
import { ConfigMap, Node, Pod, Secret, Service } from '@keelson/api/core/v1';
import { InformerFactory, eventRecorder, type Change, type FlushableEventRecorder } from '@keelson/client';
import { isStatus, type ApiClient, type Clock, type Logger, type Random } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { PodRef, RuntimeProvider, UsageStats } from '@keelson/sdk/runtime';
import type { VolumeDriver } from '@keelson/sdk/volumes';
import type { AgentSettings } from './agent-settings.ts';
import type { EnvSources } from './env/build-env.ts';
import type { LocatedPod } from './logs/pod-access.ts';
import { planNodes, type NodePlan } from './node-plan.ts';
import { Heartbeats } from './node/heartbeats.ts';
import { Housekeeping } from './node/housekeeping.ts';
import { conditionsAreWrong, type NodeIdentity } from './node/node-object.ts';
import { nodeImages } from './node/node-images.ts';
import { recordSchedulable } from './node/schedulable-event.ts';
import { openNode, type RunningNode } from './open-node.ts';
import { rejection } from './pod/admit-pod.ts';
import { GrowingBackoff, containerBackoff } from './pod/growing-backoff.ts';
import { slotsOf } from './pod/pod-state.ts';
import { PodWorker } from './pod/pod-worker.ts';
import type { NetworkProber } from './probe/probe-action.ts';
import { sum, type ContainerUsage, type NodeUsage } from './server/usage.ts';
import { isMirror, isStatic } from './static/annotations.ts';
import type { StaticPods } from './static/static-pods.ts';
import { StatusWriter } from './status/status-writer.ts';
import { ObjectWatches } from './volumes/object-watches.ts';

export interface NodeAgentOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly network: NetworkProber;
  readonly provider: RuntimeProvider;
  readonly settings: AgentSettings;
  /** Types of volumes, as they come and go. */
  readonly drivers: Iterable<VolumeDriver>;
  /** Absent: the runtime joins pods to the network by itself, if at all. */
  readonly podNetwork: PodNetwork | undefined;
  /** What this process uses. */
  readonly ownUsage: () => UsageStats;
}

/** Registrations under way at once. */
const registrations = 32;
/** Recorders that the nodes share: each writes one event at a time, so events never crowd out the statuses of pods. */
const mostRecorders = 4;

/** Runs the pods of one or many nodes: one watch, one status writer and one heartbeat for all of them, one worker per pod. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #informers: InformerFactory;
  readonly #statuses: StatusWriter;
  readonly #heartbeats: Heartbeats;
  readonly #crashes = new GrowingBackoff(containerBackoff);
  readonly #pulls = new GrowingBackoff(containerBackoff);
  readonly #nodes = new Map<string, RunningNode>();
  readonly #workers = new Map<string, PodWorker>();
  /** Uid by `namespace/name`, of the pod that has the name now. */
  readonly #uids = new Map<string, string>();
  readonly #recorders: readonly FlushableEventRecorder[];
  readonly #watches: ObjectWatches;
  #static: StaticPods | undefined;
  readonly #housekeeping: Housekeeping[] = [];
  readonly #stops: (() => void)[] = [];
  #draining = false;

  constructor(options: NodeAgentOptions) {
    const { api, clock, random, log, settings } = options;
    this.#options = options;
    this.#informers = new InformerFactory({ client: api, clock, random, log });
    this.#watches = new ObjectWatches(this.#informers);
    this.#statuses = new StatusWriter({ api, clock, log, concurrency: settings.statusConcurrency });
    this.#recorders = Array.from({ length: Math.min(mostRecorders, Math.max(1, settings.nodes)) }, (_, index) =>
      eventRecorder({ api, clock, random: random.fork(`events ${index}`), log, component: 'kubelet' }),
    );
    this.#heartbeats = new Heartbeats({
      api, clock, log,
      random: random.fork('heartbeats'),
      facts: (name) => this.#nodes.get(name)?.health.facts(),
      images: (name) => nodeImages(this.#nodes.get(name)?.runtime),
      settings: { leaseDuration: 1000 * settings.leaseDurationSeconds, leaseRenewal: 1000 * settings.leaseRenewSeconds, statusEvery: 1000 * settings.statusReportSeconds },
    });
  }

  /** Pods that have a worker; for metrics and tests. */
  get podCount(): number {
    return this.#workers.size;
  }

  /** Registers the nodes, recovers what still runs and begins to work; resolves when pods are taken on. */
  async start(): Promise<void> {
    const plans = planNodes(this.#options.settings);
    if (plans.length === 0) return;
    const names = new Set(plans.map(({ nodeName }) => nodeName));
    const services = this.#informers.use(Service).informer;
    const pods = this.#informers.use(Pod, { fieldSelector: plans.length === 1 ? `spec.nodeName=${plans[0]!.nodeName}` : 'spec.nodeName!=' }).informer;
    await Promise.all([services.synced, pods.synced]);
    const expected = new Map<string, Pod[]>();
    for (const pod of pods.store.list()) if (names.has(pod.spec.nodeName ?? '')) push(expected, pod.spec.nodeName!, pod);
    const env = this.#envSources((namespace) => services.store.list(namespace));
    const registered: Node[] = [];
    for (let at = 0; at < plans.length; at += registrations) {
      registered.push(...(await Promise.all(plans.slice(at, at + registrations).map((plan) => this.#open(plan, expected.get(plan.nodeName) ?? [], env)))));
    }
    if (this.#draining) return;
    await this.#heartbeats.start(registered);
    pods.onChange((change) => this.#podChanged(change));
    await this.#startStatic(plans[0]!, pods.store.list());
    // Files are read in their own time: the agent may have been stopped meanwhile.
    if (this.#draining) return;
    this.#removeOrphans();
    this.#informers.use(Node, plans.length === 1 ? { fieldSelector: `metadata.name=${plans[0]!.nodeName}` } : {}).informer.onChange((change) => this.#nodeChanged(change));
  }

  /** Where a pod of these nodes runs. */
  locate({ namespace, name, uid }: PodRef): LocatedPod | undefined {
    const worker = this.#workers.get(this.#uids.get(`${namespace}/${name}`) ?? '');
    if (worker === undefined) return undefined;
    // A static pod has another uid than the object that shows it.
    if (uid !== undefined && worker.state.pod.metadata.uid !== uid && !isStatic(worker.state.pod)) return undefined;
    const node = this.#nodes.get(worker.state.pod.spec.nodeName ?? '');
    return node === undefined ? undefined : { state: worker.state, runtime: node.runtime };
  }

  /** The pods that run here, as this agent sees them. */
  pods(): readonly Pod[] {
    return [...this.#workers.values()].map(({ state }) => state.pod);
  }

  /** What the containers of these nodes use, and all of them with the agent together. */
  async usage(): Promise<{ readonly node: NodeUsage; readonly containers: readonly ContainerUsage[] }> {
    const [name = ''] = this.#nodes.keys();
    const measured = (await Promise.all([...this.#nodes.values()].map(async ({ runtime }) => (await runtime.stats?.()) ?? new Map<string, UsageStats>()))).flatMap((each) => [...each]);
    const byId = new Map(measured);
    const containers = [...this.#workers.values()].flatMap(({ state }) =>
      slotsOf(state).flatMap(({ id, spec }): ContainerUsage[] => {
        const stats = id === undefined ? undefined : byId.get(id);
        const { metadata } = state.pod;
        return stats === undefined ? [] : [{ namespace: metadata.namespace ?? '', pod: metadata.name, uid: metadata.uid, container: spec.name, stats }];
      }),
    );
    return { node: { name, stats: sum([...containers.map(({ stats }) => stats), this.#options.ownUsage()]) }, containers };
  }

  /** Takes no new work and writes what is pending; what runs is the runtime's affair. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#informers.stop();
    for (const stop of this.#stops.splice(0)) stop();
    await this.#static?.stop();
    await Promise.all([this.#heartbeats.stop(), ...this.#housekeeping.map((keeping) => keeping.stop())]);
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await this.#statuses.close();
    await Promise.all(this.#recorders.map((recorder) => recorder.flush()));
  }

  /** Hands the runtimes back. */
  async stop(): Promise<void> {
    if (!this.#draining) await this.drain();
    await Promise.all([...this.#nodes.values()].map(({ runtime }) => runtime.close()));
    this.#nodes.clear();
    this.#workers.clear();
  }

  async #open(plan: NodePlan, expected: readonly Pod[], env: (identity: NodeIdentity) => EnvSources): Promise<Node> {
    const { network } = this.#options;
    const events = this.#recorders[this.#nodes.size % this.#recorders.length]!;
    const node = await openNode(plan, expected, {
      ...this.#options, env, events,
      informers: this.#informers,
      watches: this.#watches,
      shared: { network, statuses: this.#statuses, crashes: this.#crashes, pulls: this.#pulls, deletePod: (pod) => this.#deletePod(pod) },
    });
    const { nodeName } = plan;
    this.#nodes.set(nodeName, node);
    node.runtime.onEvent(({ podUid, type }) => this.#workers.get(podUid)?.runtimeChanged(type === 'sandbox-lost'));
    this.#stops.push(node.health.onChange(() => void this.#healthChanged(node)));
    if (node.tools.host !== undefined) this.#housekeeping.push(new Housekeeping(node.tools, node.workers, this.#options.settings));
    return node.node;
  }

  async #healthChanged(node: RunningNode): Promise<void> {
    if (this.#draining) return;
    if (node.health.networkFault() === undefined) for (const worker of node.workers) worker.networkIsBack();
    await this.#heartbeats.restoreConditions(node.identity.name);
  }

  #podChanged({ type, object: pod, previous, cause }: Change<Pod>): void {
    const node = this.#nodes.get(pod.spec.nodeName ?? '');
    if (node === undefined || this.#draining) return;
    if (isMirror(pod)) return this.#static?.observe(pod, type === 'deleted');
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (type === 'deleted') return worker?.removed(pod, cause);
    if (worker === undefined) return this.#takeOn(pod, node).update(pod, cause);
    const own = this.#statuses.isOwn(pod);
    this.#statuses.observe(pod);
    if (previous !== undefined && onlyStatusDiffers(previous, pod)) worker.statusChanged(pod, own);
    else worker.update(pod, cause);
  }

  /** Static pods belong to one node: an agent of many has none. */
  async #startStatic(plan: NodePlan, known: readonly Pod[]): Promise<void> {
    const { staticPodPath } = this.#options.settings;
    const node = this.#nodes.get(plan.nodeName);
    if (staticPodPath === '' || node === undefined || this.#nodes.size > 1) return;
    const { api, clock } = this.#options;
    // Few nodes have a folder of manifests: the others need not load what reads them.
    const { StaticPods } = await import('./static/static-pods.ts');
    if (this.#draining) return;
    this.#static = new StaticPods({
      path: staticPodPath, api, clock,
      log: node.tools.log,
      nodeName: plan.nodeName,
      statuses: this.#statuses,
      mirrors: known.filter((pod) => isMirror(pod) && pod.spec.nodeName === plan.nodeName),
      node: () => node.node,
      start: (pod, statuses) => this.#takeOn(pod, { ...node, tools: { ...node.tools, statuses, deletePod: () => Promise.resolve() } }).update(pod, undefined),
      end: (pod) => this.#workers.get(pod.metadata.uid)?.removed(pod, undefined),
    });
    await this.#static.start();
  }

  #takeOn(pod: Pod, node: RunningNode): PodWorker {
    const { uid } = pod.metadata;
    const key = objectKey(pod);
    const found = node.recovered.get(uid);
    node.recovered.delete(uid);
    const refused = found === undefined && isNew(pod) ? rejection(pod, room(node)) : undefined;
    const worker = new PodWorker(pod, found, node.tools, () => {
      this.#workers.delete(uid);
      node.workers.delete(worker);
      if (this.#uids.get(key) === uid) this.#uids.delete(key);
    }, refused);
    this.#workers.set(uid, worker);
    node.workers.add(worker);
    this.#uids.set(key, uid);
    return worker;
  }

  /** Sandboxes of pods that are no more: deleted while no agent was there. */
  #removeOrphans(): void {
    for (const { recovered, runtime, tools } of this.#nodes.values()) {
      const removals: Promise<void>[] = [];
      for (const { sandbox, older } of recovered.values()) {
        tools.log.info('removing what is left of a deleted pod', { pod: sandbox.podUid });
        for (const id of [sandbox.id, ...older]) removals.push(runtime.removeSandbox(id).catch((error: unknown) => tools.log.warn('sandbox could not be removed', { sandbox: id, error: String(error) })));
      }
      recovered.clear();
      // Their folders may be mounted in containers until those are gone.
      if (tools.host !== undefined) void Promise.all(removals).then(() => tools.host?.removeOrphans((uid) => this.#workers.has(uid))).catch((error: unknown) => tools.log.warn('folders of deleted pods could not be removed', { error: String(error) }));
    }
  }

  #nodeChanged({ type, object: node }: Change<Node>): void {
    const running = this.#nodes.get(node.metadata.name);
    if (type === 'deleted' || this.#draining || running === undefined) return;
    recordSchedulable(running.tools.events, running.node, node);
    running.node = node;
    this.#heartbeats.observe(node);
    // A pause of this process made others give the node up; it is back.
    void running.health.facts().then((facts) => {
      if (!this.#draining && conditionsAreWrong(node, facts)) return this.#heartbeats.restoreConditions(node.metadata.name);
    });
  }

  async #deletePod(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    try {
      await this.#options.api.delete({ kind: Pod, ref: { name, namespace } }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
    }
  }

  #envSources(services: (namespace: string) => readonly Service[]): (identity: NodeIdentity) => EnvSources {
    const { api } = this.#options;
    const sorted = (namespace: string): readonly Service[] => [...services(namespace)].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return ({ capacity }) => ({
      configMap: (namespace, name) => api.get(ConfigMap, { namespace, name }),
      secret: (namespace, name) => api.get(Secret, { namespace, name }),
      services: sorted,
      allocatable: capacity,
    });
  }
}

/** No agent has taken it on before. */
function isNew({ status, metadata }: Pod): boolean {
  return status?.startTime === undefined && metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** What a new pod finds on the node; pods that have ended need nothing any more. */
function room({ identity, node, workers }: RunningNode): Parameters<typeof rejection>[1] {
  const pods = [...workers].filter(({ state }) => !state.terminated).map(({ state }) => state.pod);
  return { name: identity.name, labels: node.metadata.labels ?? {}, allocatable: node.status?.allocatable ?? identity.capacity, pods };
}

/** Neither spec nor metadata that a pod's containers depend on changed. */
function onlyStatusDiffers(before: Pod, after: Pod): boolean {
  const a = before.metadata;
  const b = after.metadata;
  return (
    (a.generation === undefined ? JSON.stringify(before.spec) === JSON.stringify(after.spec) : a.generation === b.generation) &&
    a.deletionTimestamp === b.deletionTimestamp && a.deletionGracePeriodSeconds === b.deletionGracePeriodSeconds
  );
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
