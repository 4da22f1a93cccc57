import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { Kind, KubeObject, OwnerReference } from '@keelson/api';
import { hasFinalizer, type ReflectorTiming } from '@keelson/client';
import type { WorkItem } from '@keelson/reconcile';
import type { ApiClient, Clock, Logger, ObjectRef, Random } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import { Attr, linksAndParent, SpanName, withSpan } from '@keelson/telemetry';
import { AbsentOwners } from './absent-owners.ts';
import { classifyOwners, kindOf, MisplacedOwnerError } from './classify-owners.ts';
import { blockingDependents, type GraphNode, type Identity } from './graph-node.ts';
import { KindMonitor } from './kind-monitor.ts';
import { collectableKinds, KindTable } from './kind-table.ts';
import { OwnerGraph } from './owner-graph.ts';
import { dropFinalizer, removeOwners, unblockOwners, type PatchTarget } from './owner-patches.ts';
import { WorkerPool } from './worker-pool.ts';

/** What the collector works with. */
export interface GarbageCollectorOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly events: EventRecorder;
  readonly kinds: readonly Kind[];
  /** Objects looked at at the same time. */
  readonly concurrency: number;
}

const timing: ReflectorTiming = { idle: 150_000, initial: 10_000, relistEvery: undefined };

/** Dependents that are let go at the same time. */
const orphanBatch = 50;

/**
 * Deletes what has lost all its owners, and does the work of foreground and orphan deletion. The graph says what may have
 * to be done; what is done is decided by the live state of the object and of its owners.
 */
export class GarbageCollector {
  readonly graph: OwnerGraph;
  readonly #options: GarbageCollectorOptions;
  readonly #kinds: KindTable;
  readonly #absent = new AbsentOwners();
  readonly #monitors = new Map<string, KindMonitor>();
  readonly #deletes: WorkerPool;
  readonly #orphans: WorkerPool;

  constructor(options: GarbageCollectorOptions) {
    this.#options = options;
    const { clock, log, concurrency } = options;
    this.#kinds = new KindTable(options.kinds);
    this.#deletes = new WorkerPool({ name: 'attempt to delete', clock, log, concurrency, work: (item) => this.#attemptToDelete(item) });
    this.#orphans = new WorkerPool({ name: 'attempt to orphan', clock, log, concurrency, work: (item) => this.#attemptToOrphan(item) });
    this.graph = new OwnerGraph({
      attemptToDelete: (node, cause) => this.#deletes.add(node.identity.uid, cause),
      attemptToOrphan: (node, cause) => this.#orphans.add(node.identity.uid, cause),
      ownerAbsent: (owner) => this.#absent.add(owner),
      invalidNamespace: (dependent, owner) => this.#reportNamespace(dependent.identity, owner),
    });
    for (const kind of collectableKinds(options.kinds)) this.#monitor(kind);
  }

  start(): void {
    for (const monitor of this.#monitors.values()) monitor.start();
  }

  /** Resolves when all kinds are in the graph; from then on garbage is collected. */
  async ready(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map(({ synced }) => synced));
    this.#deletes.start();
    this.#orphans.start();
  }

  /** Takes up a kind that is served from now on. */
  addKind(kind: Kind): void {
    this.#kinds.add(kind);
    if (collectableKinds([kind]).length > 0 && !this.#monitors.has(keyOf(kind))) this.#monitor(kind).start();
  }

  /** Lets go of a kind that is served no more; its objects count as gone. */
  removeKind(kind: Kind): void {
    this.#kinds.remove(kind);
    this.#monitors.get(keyOf(kind))?.forget();
    this.#monitors.delete(keyOf(kind));
  }

  async drain(): Promise<void> {
    await Promise.all([this.#deletes.drain(), this.#orphans.drain()]);
  }

  stop(): void {
    this.#deletes.stop();
    this.#orphans.stop();
    for (const monitor of this.#monitors.values()) monitor.stop();
  }

  #monitor(kind: Kind): KindMonitor {
    const { api, clock, log, random } = this.#options;
    const monitor = new KindMonitor(this.graph, { client: api, kind, clock, log, timing, random: random.fork(`monitor ${keyOf(kind)}`) });
    this.#monitors.set(keyOf(kind), monitor);
    return monitor;
  }

  async #attemptToDelete(item: WorkItem): Promise<'done' | 'again'> {
    const node = this.graph.get(item.key);
    if (node === undefined || (node.beingDeleted && !node.deletingDependents)) return 'done';
    const kind = kindOf(node.identity, this.#kinds);
    // Its namespace was taken from a dependent; only the kind tells whether it has one.
    if (!kind.namespaced && node.identity.namespace !== '') node.identity = { ...node.identity, namespace: '' };
    const { identity } = node;
    // Only a cluster-scoped dependent can name it so, which is never right.
    if (kind.namespaced && identity.namespace === '') return 'done';
    const live = await this.#options.api.get(kind, refOf(identity));
    if (live?.metadata.uid !== identity.uid) {
      this.graph.notFound(identity, item.causes.at(-1));
      return 'done';
    }
    try {
      if (node.deletingDependents) await this.#finishForeground(item, kind, node);
      else await this.#judge(item, kind, node, live);
    } catch (error) {
      if (error instanceof MisplacedOwnerError) return 'done';
      throw error;
    }
    // An object that came and went while its watch was interrupted would stay in the graph for ever.
    return node.virtual && this.graph.get(item.key) === node ? 'again' : 'done';
  }

  async #finishForeground(item: WorkItem, kind: Kind, node: GraphNode): Promise<void> {
    const blocking = blockingDependents(node);
    if (blocking.length === 0) return this.#write(item, kind, node.identity, (target) => dropFinalizer(target, 'foregroundDeletion'));
    for (const dependent of blocking) if (!dependent.deletingDependents) this.#deletes.add(dependent.identity.uid, item.causes.at(-1));
  }

  async #judge(item: WorkItem, kind: Kind, node: GraphNode, live: KubeObject): Promise<void> {
    if ((live.metadata.ownerReferences ?? []).length === 0) return;
    const { solid, dangling, waiting } = await classifyOwners(live, { api: this.#options.api, kinds: this.#kinds, absent: this.#absent });
    const { identity } = node;
    if (solid.length > 0) {
      const useless = [...dangling, ...waiting].map(({ uid }) => uid);
      if (useless.length > 0) await this.#write(item, kind, identity, (target) => removeOwners(target, useless));
      return;
    }
    const dependents = [...(node.dependents ?? [])];
    if (waiting.length > 0 && dependents.length > 0) {
      // Two objects that wait for each other would wait for ever.
      if (dependents.some((dependent) => dependent.deletingDependents)) {
        const owners = (live.metadata.ownerReferences ?? []).map(({ uid }) => uid);
        return this.#write(item, kind, identity, async (target) => {
          await unblockOwners(target, owners);
          await this.#options.api.delete({ kind, ref: refOf(identity) }, { propagationPolicy: 'Foreground', preconditions: { uid: identity.uid } });
        });
      }
      return this.#delete(item, kind, identity, live, 'Foreground');
    }
    // A policy that somebody chose before is honoured.
    const policy = hasFinalizer(live, 'orphan') ? 'Orphan' : hasFinalizer(live, 'foregroundDeletion') ? 'Foreground' : 'Background';
    await this.#delete(item, kind, identity, live, policy);
  }

  #delete(item: WorkItem, kind: Kind, identity: Identity, live: KubeObject, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    // The state that was judged must be the state that is deleted: owners may have been added meanwhile.
    const { uid, resourceVersion } = live.metadata;
    return this.#write(item, kind, identity, ({ api, ref }) => api.delete({ kind, ref }, { propagationPolicy, preconditions: { uid, resourceVersion } }));
  }

  async #attemptToOrphan(item: WorkItem): Promise<'done' | 'again'> {
    const node = this.graph.get(item.key);
    if (node === undefined) return 'done';
    const { uid } = node.identity;
    const dependents = [...(node.dependents ?? [])];
    for (let at = 0; at < dependents.length; at += orphanBatch) {
      await Promise.all(dependents.slice(at, at + orphanBatch).map(({ identity }) => this.#write(item, kindOf(identity, this.#kinds), identity, (target) => removeOwners(target, [uid]))));
    }
    await this.#write(item, kindOf(node.identity, this.#kinds), node.identity, (target) => dropFinalizer(target, 'orphan'));
    return 'done';
  }

  /** Every write is a span of its own, a child of what made it necessary. */
  #write(item: WorkItem, kind: Kind, identity: Identity, write: (target: PatchTarget) => Promise<void>): Promise<void> {
    const { api, clock, tracer } = this.#options;
    const { parent, links } = linksAndParent(item.causes, clock.now(), 'parent');
    const attributes = {
      [Attr.objectKind]: identity.kind, [Attr.objectName]: identity.name, [Attr.objectUid]: identity.uid, [Attr.attempt]: item.attempt, [Attr.queueWait]: item.waited,
      ...(identity.namespace === '' ? {} : { [Attr.objectNamespace]: identity.namespace }),
    };
    return withSpan(tracer, SpanName.reconcile('garbage-collector'), { kind: SpanKind.CONSUMER, parent, links, attributes }, () => write({ api, kind, ref: refOf(identity), uid: identity.uid }));
  }

  #reportNamespace(dependent: Identity, owner: OwnerReference): void {
    const about = { apiVersion: dependent.apiVersion, kind: dependent.kind, metadata: { name: dependent.name, uid: dependent.uid, ...(dependent.namespace === '' ? {} : { namespace: dependent.namespace }) } };
    const wrong = `[${owner.apiVersion}/${owner.kind}, namespace: ${dependent.namespace}, name: ${owner.name}, uid: ${owner.uid}]`;
    this.#options.events.record(about as unknown as KubeObject, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef ${wrong} does not exist in namespace "${dependent.namespace}"`);
  }
}

function keyOf({ group, plural }: Kind): string {
  return `${plural}.${group}`;
}

function refOf({ namespace, name }: Identity): ObjectRef {
  return namespace === '' ? { name } : { namespace, name };
}
