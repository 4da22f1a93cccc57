import type { Tracer } from '@opentelemetry/api';
import { objectKey } from '@keelson/api';
import { ConfigMap, Node, Pod, Secret, Service } from '@keelson/api/core/v1';
import { InformerFactory, eventRecorder, type Change, type FlushableEventRecorder } from '@keelson/client';
import { isStatus, type ApiClient, type Clock, type Logger, type Random } from '@keelson/sdk';
import type { ContainerRuntime, PodRef, RuntimeProvider } from '@keelson/sdk/runtime';
import type { AgentSettings } from './agent-settings.ts';
import type { EnvSources } from './env/build-env.ts';
import type { LocatedPod } from './logs/pod-access.ts';
import { identityOf, planNodes, type NodePlan } from './node-plan.ts';
import { Heartbeats } from './node/heartbeats.ts';
import { conditionsAreWrong, type NodeIdentity } from './node/node-object.ts';
import { registerNode } from './node/register-node.ts';
import { GrowingBackoff, containerBackoff } from './pod/growing-backoff.ts';
import type { NodeTools } from './pod/node-tools.ts';
import { PodWorker } from './pod/pod-worker.ts';
import type { Recovered } from './pod/restore.ts';
import type { NetworkProber } from './probe/probe-action.ts';
import { StatusWriter } from './status/status-writer.ts';

export interface NodeAgentOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly network: NetworkProber;
  readonly provider: RuntimeProvider;
  readonly settings: AgentSettings;
}

/** One node that this agent runs. */
interface RunningNode {
  readonly identity: NodeIdentity;
  readonly runtime: ContainerRuntime;
  readonly tools: NodeTools;
  /** What the runtime still had at start, by pod uid; taken by the workers. */
  readonly recovered: Map<string, Recovered>;
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
  #draining = false;

  constructor(options: NodeAgentOptions) {
    const { api, clock, random, log, settings } = options;
    this.#options = options;
    this.#informers = new InformerFactory({ client: api, clock, random, log });
    this.#statuses = new StatusWriter({ api, clock, log, concurrency: settings.statusConcurrency });
    this.#recorders = Array.from({ length: Math.min(mostRecorders, Math.max(1, settings.nodes)) }, (_, index) =>
      eventRecorder({ api, clock, random: random.fork(`events ${index}`), log, component: 'kubelet' }),
    );
    this.#heartbeats = new Heartbeats({
      api, clock, log,
      random: random.fork('heartbeats'),
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
    await this.#heartbeats.start(registered);
    pods.onChange((change) => this.#podChanged(change));
    this.#removeOrphans();
    this.#informers.use(Node).informer.onChange((change) => this.#nodeChanged(change));
  }

  /** Where a pod of these nodes runs. */
  locate({ namespace, name, uid }: PodRef): LocatedPod | undefined {
    const worker = this.#workers.get(this.#uids.get(`${namespace}/${name}`) ?? '');
    if (worker === undefined || (uid !== undefined && worker.state.pod.metadata.uid !== uid)) return undefined;
    const node = this.#nodes.get(worker.state.pod.spec.nodeName ?? '');
    return node === undefined ? undefined : { state: worker.state, runtime: node.runtime };
  }

  /** Takes no new work and writes what is pending; what runs is the runtime's affair. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#informers.stop();
    await this.#heartbeats.stop();
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
    const { api, clock, random, log, tracer, network, provider, settings } = this.#options;
    const { nodeName, podCidr, ownIp } = plan;
    const runtime = await provider.open({ nodeName, podCidr, hostIp: ownIp });
    const identity = identityOf(plan, runtime.info, settings, random);
    const { sandboxes, containers } = await runtime.recover(expected);
    const recovered = new Map(sandboxes.map((sandbox) => [sandbox.podUid, { sandbox, containers: containers.filter(({ sandboxId }) => sandboxId === sandbox.id) }]));
    const events = this.#recorders[this.#nodes.size % this.#recorders.length]!;
    const tools: NodeTools = {
      nodeName, hostIp: identity.hostIp, runtime, clock, tracer, events, network,
      log: log.child({ node: nodeName }),
      statuses: this.#statuses,
      env: env(identity),
      crashes: this.#crashes,
      pulls: this.#pulls,
      deletePod: (pod) => this.#deletePod(pod),
    };
    this.#nodes.set(nodeName, { identity, runtime, tools, recovered });
    runtime.onEvent(({ podUid, type }) => this.#workers.get(podUid)?.runtimeChanged(type === 'sandbox-lost'));
    return registerNode(api, identity, runtime.info, clock.now());
  }

  #podChanged({ type, object: pod, previous, cause }: Change<Pod>): void {
    const node = this.#nodes.get(pod.spec.nodeName ?? '');
    if (node === undefined || this.#draining) return;
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (type === 'deleted') return worker?.removed(pod, cause);
    if (worker === undefined) return this.#takeOn(pod, node).update(pod, cause);
    const own = this.#statuses.isOwn(pod);
    this.#statuses.observe(pod);
    if (previous !== undefined && onlyStatusDiffers(previous, pod)) worker.statusChanged(pod, own);
    else worker.update(pod, cause);
  }

  #takeOn(pod: Pod, { tools, recovered }: RunningNode): PodWorker {
    const { uid } = pod.metadata;
    const key = objectKey(pod);
    const found = recovered.get(uid);
    recovered.delete(uid);
    const worker = new PodWorker(pod, found, tools, () => {
      this.#workers.delete(uid);
      if (this.#uids.get(key) === uid) this.#uids.delete(key);
    });
    this.#workers.set(uid, worker);
    this.#uids.set(key, uid);
    return worker;
  }

  /** Sandboxes of pods that are no more: deleted while no agent was there. */
  #removeOrphans(): void {
    for (const { recovered, runtime, tools } of this.#nodes.values()) {
      for (const { sandbox } of recovered.values()) {
        tools.log.info('removing what is left of a deleted pod', { pod: sandbox.podUid });
        runtime.removeSandbox(sandbox.id).catch((error: unknown) => tools.log.warn('sandbox could not be removed', { sandbox: sandbox.id, error: String(error) }));
      }
      recovered.clear();
    }
  }

  #nodeChanged({ type, object: node }: Change<Node>): void {
    if (type === 'deleted' || this.#draining || !this.#nodes.has(node.metadata.name)) return;
    this.#heartbeats.observe(node);
    // A pause of this process made others give the node up; it is back.
    if (conditionsAreWrong(node)) void this.#heartbeats.restoreConditions(node.metadata.name);
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
