import type { Node, Pod } from '@keelson/api/core/v1';

/**
 * A property of nodes that policies decide by (taints, the value of one label). The scheduler keeps it as a column of
 * small numbers: nodes with equal values share one, so that a policy evaluates each distinct value once per pod and a
 * node costs one array read. Attributes are compared by `name`: declare each once, at module level.
 */
export interface NodeAttribute<T> {
  readonly name: string;
  of(node: Node): T;
  /** Equal exactly for equal values. */
  key(value: T): string;
}

/** A node attribute as a column. Both arrays are live: read them within the synchronous call that got them. */
export interface AttributeColumn<T> {
  /** Index into `values`, by row. */
  readonly ids: Int32Array;
  /** Distinct values; an entry that no node has at the moment is undefined. */
  readonly values: readonly (T | undefined)[];
}

/** A resource as columns of numbers by row: millis for `cpu`, whole units (bytes, devices) for everything else. */
export interface ResourceColumn {
  readonly allocatable: Float64Array;
  /** Sum over the pods on the node, assumed ones included. */
  readonly requested: Float64Array;
  /**
   * As `requested`, with upstream's stand-ins (100m, 200Mi) for containers that state no cpu or memory, so that scores
   * spread them too; the same array as `requested` for other resources.
   */
  readonly requestedNonZero: Float64Array;
}

/** One node as the simple form of a policy sees it. */
export interface NodeView {
  readonly node: Node;
  readonly name: string;
  readonly podCount: number;
  /** True if the node reports an image of that name (a missing tag means `latest`). */
  hasImage(image: string): boolean;
  /** Units as in `ResourceColumn`; 0 for what the node does not have. */
  allocatable(resource: string): number;
  requested(resource: string): number;
}

/**
 * What the scheduler knows about nodes, by row. Rows are stable while a node lives and reused after; arrays are live
 * (assumed pods count at once) and may be replaced by larger ones between cycles, so nobody keeps them.
 */
export interface ClusterSnapshot {
  /** Number of nodes. */
  readonly nodeCount: number;
  /** Undefined while no node offers the resource. */
  resource(name: string): ResourceColumn | undefined;
  attribute<T>(attribute: NodeAttribute<T>): AttributeColumn<T>;
  readonly podCount: Int32Array;
  /** Allocatable `pods`. */
  readonly podLimit: Int32Array;
  /** Undefined for a name without a node. */
  rowOf(nodeName: string): number | undefined;
  view(row: number): NodeView;
}

/** A pod with what every policy needs of it, computed once per pod. */
export interface PodInfo {
  readonly pod: Pod;
  readonly key: string;
  readonly priority: number;
  /** Effective requests, in the units of `ResourceColumn`; resources with 0 are left out. */
  readonly requests: ReadonlyMap<string, number>;
  /** As `requests`, with the stand-ins of `ResourceColumn.requestedNonZero`. */
  readonly requestsNonZero: ReadonlyMap<string, number>;
}
