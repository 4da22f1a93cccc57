import type { OwnerReference } from '@keelson/api';

/** Where an object is found; also how an owner reference, together with its dependent's namespace, names an owner. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** One object in the graph of owners: only what decisions need, never the object itself. */
export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  /** Insertion order, so that runs are reproducible; undefined while nothing depends on it. */
  dependents: Set<GraphNode> | undefined;
  /** The forms in which dependents name it, one object for all who use the same: a thousand pods name their set alike. */
  references: readonly OwnerReference[];
  /** Known only from references to it; no watch has shown it yet. */
  virtual: boolean;
  beingDeleted: boolean;
  /** Waits for its dependents: foreground deletion. */
  deletingDependents: boolean;
  /** Waits for its dependents to be let go: orphan deletion. */
  orphaning: boolean;
  /** Revision of the state that the graph knows; 0 for virtual nodes. */
  revision: number;
}

/** Equality of all coordinates. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.uid === b.uid && a.name === b.name && a.namespace === b.namespace && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

/** True if the reference means that object, namespace aside. */
export function refersTo(reference: OwnerReference, identity: Omit<Identity, 'namespace'>): boolean {
  return reference.uid === identity.uid && reference.name === identity.name && reference.kind === identity.kind && reference.apiVersion === identity.apiVersion;
}

/** The reference itself, or an equal one that another dependent of the owner uses already. */
export function sharedReference(owner: GraphNode, reference: OwnerReference): OwnerReference {
  const present = owner.references.find((other) => refersTo(other, reference) && other.blockOwnerDeletion === reference.blockOwnerDeletion && other.controller === reference.controller);
  if (present === undefined) owner.references = [...owner.references, reference];
  return present ?? reference;
}

/** The owner that a reference of an object in `namespace` means. */
export function identityOf({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): Identity {
  return { apiVersion, kind, name, uid, namespace };
}

/** Dependents that keep a foreground deletion waiting. */
export function blockingDependents(node: GraphNode): readonly GraphNode[] {
  return [...(node.dependents ?? [])].filter(({ owners }) => owners.some((owner) => owner.uid === node.identity.uid && owner.blockOwnerDeletion === true));
}
