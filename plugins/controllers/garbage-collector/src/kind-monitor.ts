import type { Kind, KubeObject } from '@keelson/api';
import { Reflector, revisionOf, type ReflectorOptions } from '@keelson/client';
import type { WatchEvent } from '@keelson/sdk';
import type { Cause } from '@keelson/telemetry';
import type { GraphNode, Identity } from './graph-node.ts';
import type { OwnerGraph } from './owner-graph.ts';

const noOwners: readonly never[] = Object.freeze([]);

/** Watches one kind for the graph and keeps nothing of its objects but their nodes. */
export class KindMonitor {
  /** Resolves with the first full state. */
  readonly synced: Promise<void>;
  readonly #reflector: Reflector<KubeObject>;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #namespaces = new Map<string, string>();
  readonly #kind: Kind;
  #revision = 0;
  #stale = 0;
  #settle!: () => void;

  constructor(
    private readonly graph: OwnerGraph,
    private readonly options: Omit<ReflectorOptions<KubeObject>, 'selection'>,
  ) {
    this.#kind = options.kind;
    this.synced = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#reflector = new Reflector<KubeObject>({ ...options, selection: {} }, {
      replace: (items, revision) => this.#replace(items, revision),
      event: (event) => this.#event(event),
    });
  }

  start(): void {
    this.#reflector.start();
  }

  stop(): void {
    this.#reflector.stop();
    this.#settle();
  }

  /** The kind is not served any more: its objects are gone. */
  forget(): void {
    this.stop();
    for (const node of this.#nodes.values()) this.graph.remove(node);
    this.#nodes.clear();
  }

  /** The rules of the informers: late and doubled events are dropped, a ghost asks for the full state. */
  #event(event: WatchEvent<KubeObject>): boolean {
    const revision = revisionOf(event.resourceVersion);
    const trusted = event.type === 'BOOKMARK' || this.#apply(event, revision);
    if (revision > this.#revision) this.#revision = revision;
    return trusted;
  }

  #apply({ type, object, cause }: WatchEvent<KubeObject>, revision: number): boolean {
    const node = this.#nodes.get(object.metadata.uid);
    const why: Cause | undefined = cause === undefined ? undefined : { span: cause, at: this.options.clock.now() };
    if (type === 'DELETED') {
      if (node !== undefined && revision >= node.revision) this.#remove(node, why);
      return true;
    }
    if (node !== undefined && revision <= node.revision) return true;
    if (node === undefined && revision < this.#revision) return false;
    this.#put(object, revision, why);
    return true;
  }

  #replace(items: readonly KubeObject[], revision: number): boolean {
    // Once may be a lagging replica; twice in a row is a server that was put back to an older state.
    if (revision < this.#revision && ++this.#stale < 2) return false;
    this.#stale = 0;
    const gone = new Set(this.#nodes.keys());
    for (const object of items) {
      gone.delete(object.metadata.uid);
      this.#put(object, revisionOf(object.metadata.resourceVersion), undefined);
    }
    for (const uid of gone) this.#remove(this.#nodes.get(uid)!, undefined);
    this.#revision = revision;
    this.#settle();
    return true;
  }

  #put(object: KubeObject, revision: number, cause: Cause | undefined): void {
    const { uid, ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    const owners = ownerReferences ?? noOwners;
    const node = this.graph.observe({
      identity: this.#nodes.get(uid)?.identity ?? this.#identityOf(object), owners, revision,
      beingDeleted: deletionTimestamp !== undefined,
      foreground: finalizers?.includes('foregroundDeletion') ?? false,
      orphan: finalizers?.includes('orphan') ?? false,
    }, cause);
    this.#nodes.set(uid, node);
  }

  #remove(node: GraphNode, cause: Cause | undefined): void {
    this.#nodes.delete(node.identity.uid);
    this.graph.remove(node, cause);
  }

  /** Every parsed object brings its own copy of the same few names. */
  #one(namespace: string): string {
    const known = this.#namespaces.get(namespace);
    if (known === undefined) this.#namespaces.set(namespace, namespace);
    return known ?? namespace;
  }

  #identityOf({ metadata }: KubeObject): Identity {
    const { apiVersion, kind } = this.#kind;
    return { apiVersion, kind, namespace: this.#one(metadata.namespace ?? ''), name: metadata.name, uid: metadata.uid };
  }
}
