import type { OwnerReference } from '@keelson/api';
import type { Cause } from '@keelson/telemetry';
import { addedOwners, removedOwners, unblockedOwners } from './owner-changes.ts';
import { identityOf, refersTo, sameIdentity, sharedReference, type GraphNode, type Identity } from './graph-node.ts';
import { alternativeIdentity, partitionDependents } from './partition-dependents.ts';

/** What the graph finds to do; `cause` is the span of the write that brought it about. */
export interface GraphListener {
  attemptToDelete(node: GraphNode, cause: Cause | undefined): void;
  attemptToOrphan(node: GraphNode, cause: Cause | undefined): void;
  /** An owner that is certainly gone, and that others still name. */
  ownerAbsent(owner: Identity): void;
  /** The dependent names an owner in another namespace. */
  invalidNamespace(dependent: GraphNode, owner: OwnerReference): void;
}

/** The state of an object as far as the graph is concerned. */
export interface ObservedObject {
  readonly identity: Identity;
  readonly owners: readonly OwnerReference[];
  readonly beingDeleted: boolean;
  /** Finalizers `foregroundDeletion` and `orphan`. */
  readonly foreground: boolean;
  readonly orphan: boolean;
  readonly revision: number;
}

const none: ReadonlySet<GraphNode> = new Set();
const noReferences: readonly OwnerReference[] = Object.freeze([]);

/** Who owns whom, by uid, kept from events of all kinds in any order: an owner may be seen after its dependents. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();

  constructor(private readonly listener: GraphListener) {}

  get size(): number {
    return this.#nodes.size;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** Takes the state of an object that a watch has shown. */
  observe(object: ObservedObject, cause?: Cause): GraphNode {
    const present = this.#nodes.get(object.identity.uid);
    if (present === undefined) return this.#insert(object, cause);
    if (present.virtual || !sameIdentity(present.identity, object.identity)) this.#identify(present, object.identity, cause);
    this.#changeOwners(present, object.owners, cause);
    present.virtual = false;
    present.beingDeleted ||= object.beingDeleted;
    present.revision = object.revision;
    this.#transition(present, object, cause);
    return present;
  }

  /** Takes an object out that a watch has shown to be gone. */
  remove(node: GraphNode, cause?: Cause): void {
    if (this.#nodes.get(node.identity.uid) === node) this.#remove(node, cause);
  }

  /** Takes note that a live read did not find an object of that identity; the node may have been known by a wrong one. */
  notFound(identity: Identity, cause?: Cause): void {
    const node = this.#nodes.get(identity.uid);
    if (node === undefined) return;
    if (node.virtual) {
      const { matching, others } = partitionDependents(node.dependents ?? none, identity);
      if (others.length === 0) return this.#remove(node, cause);
      this.#retryMatching(matching, identity, cause);
      const alternative = sameIdentity(node.identity, identity) ? alternativeIdentity(others, identity) : undefined;
      if (alternative === undefined) return;
      node.identity = alternative;
      this.listener.attemptToDelete(node, cause);
    } else if (sameIdentity(node.identity, identity)) this.#remove(node, cause);
    else this.#retryMatching(partitionDependents(node.dependents ?? none, identity).matching, identity, cause);
  }

  #retryMatching(matching: readonly GraphNode[], identity: Identity, cause: Cause | undefined): void {
    if (matching.length > 0) this.listener.ownerAbsent(identity);
    for (const dependent of matching) this.listener.attemptToDelete(dependent, cause);
  }

  #insert(object: ObservedObject, cause: Cause | undefined): GraphNode {
    const node: GraphNode = {
      identity: object.identity, owners: object.owners, dependents: undefined, references: noReferences, virtual: false,
      beingDeleted: object.beingDeleted, deletingDependents: false, orphaning: false, revision: object.revision,
    };
    this.#nodes.set(object.identity.uid, node);
    this.#addToOwners(node, object.owners, cause);
    this.#transition(node, object, cause);
    return node;
  }

  /** The node was known from references only, or by another version of its kind: those who named it otherwise are checked. */
  #identify(node: GraphNode, identity: Identity, cause: Cause | undefined): void {
    if (sameIdentity(node.identity, identity)) return;
    for (const dependent of partitionDependents(node.dependents ?? none, identity).others) {
      if (identity.namespace !== '' && dependent.identity.namespace !== identity.namespace) this.#reportNamespace(dependent, identity.uid);
      this.listener.attemptToDelete(dependent, cause);
    }
    node.identity = identity;
  }

  #changeOwners(node: GraphNode, next: readonly OwnerReference[], cause: Cause | undefined): void {
    const before = node.owners;
    if (before.length === 0 && next.length === 0) return;
    node.owners = next;
    for (const uid of unblockedOwners(before, next)) {
      const owner = this.#nodes.get(uid);
      if (owner !== undefined) this.listener.attemptToDelete(owner, cause);
    }
    for (const { uid } of removedOwners(before, next)) this.#nodes.get(uid)?.dependents?.delete(node);
    this.#addToOwners(node, addedOwners(before, next), cause);
  }

  #addToOwners(node: GraphNode, owners: readonly OwnerReference[], cause: Cause | undefined): void {
    if (owners.length === 0) return;
    let doubtful = false;
    for (const reference of owners) {
      const owner = this.#nodes.get(reference.uid);
      if (owner === undefined) {
        this.#insertVirtual(node, reference, cause);
        continue;
      }
      (owner.dependents ??= new Set()).add(node);
      if (!doubtful) doubtful = this.#isDoubtful(node, reference, owner);
    }
    node.owners = node.owners.map((reference) => this.#share(reference));
    if (doubtful) this.listener.attemptToDelete(node, cause);
  }

  #share(reference: OwnerReference): OwnerReference {
    const owner = this.#nodes.get(reference.uid);
    return owner === undefined ? reference : sharedReference(owner, reference);
  }

  #insertVirtual(node: GraphNode, reference: OwnerReference, cause: Cause | undefined): void {
    const owner: GraphNode = {
      identity: identityOf(reference, node.identity.namespace), owners: [], dependents: new Set([node]), references: [reference],
      virtual: true, beingDeleted: false, deletingDependents: false, orphaning: false, revision: 0,
    };
    this.#nodes.set(reference.uid, owner);
    this.listener.attemptToDelete(owner, cause);
  }

  /** True when the reference does not fit the owner as it is known; a live look has to decide. */
  #isDoubtful(node: GraphNode, reference: OwnerReference, { identity, virtual }: GraphNode): boolean {
    const elsewhere = identity.namespace !== node.identity.namespace;
    if (identity.namespace !== '' && elsewhere) {
      if (!virtual) this.#reportNamespace(node, identity.uid);
      return true;
    }
    return !refersTo(reference, identity) || (elsewhere && virtual);
  }

  #reportNamespace(dependent: GraphNode, ownerUid: string): void {
    const reference = dependent.owners.find(({ uid }) => uid === ownerUid);
    if (reference !== undefined) this.listener.invalidNamespace(dependent, reference);
  }

  #transition(node: GraphNode, object: ObservedObject, cause: Cause | undefined): void {
    if (!object.beingDeleted) return;
    if (object.orphan) {
      if (!node.orphaning) this.listener.attemptToOrphan(node, cause);
      node.orphaning = true;
    } else if (object.foreground && !node.deletingDependents) {
      node.deletingDependents = true;
      for (const dependent of node.dependents ?? none) this.listener.attemptToDelete(dependent, cause);
      this.listener.attemptToDelete(node, cause);
    }
  }

  #remove(node: GraphNode, cause: Cause | undefined): void {
    this.#nodes.delete(node.identity.uid);
    for (const { uid } of node.owners) this.#nodes.get(uid)?.dependents?.delete(node);
    const dependents = node.dependents ?? none;
    if (dependents.size > 0) this.listener.ownerAbsent(node.identity);
    for (const dependent of dependents) this.listener.attemptToDelete(dependent, cause);
    for (const { uid } of node.owners) {
      const owner = this.#nodes.get(uid);
      if (owner?.deletingDependents === true) this.listener.attemptToDelete(owner, cause);
    }
  }
}
