import type { Node } from '@keelson/api/core/v1';
import type { AttributeColumn, ClusterSnapshot, NodeAttribute, NodeView, PodInfo, ResourceColumn } from '@keelson/sdk/scheduler';
import { ChangeLog } from './change-log.ts';
import { grown } from './grown.ts';
import { InternedColumn } from './interned-column.ts';
import { interleave, zoneOf } from './node-order.ts';
import { RowView } from './node-view.ts';
import { amountOf } from './pod-info.ts';
import { ResourceColumns } from './resource-columns.ts';

/** Columns for attributes are kept for so many of them; users choose label keys, memory must not follow. */
const maxAttributes = 256;

/**
 * All nodes as columns, kept up by events: a scheduling cycle reads arrays and never walks the pods of a node. It is
 * the snapshot itself: the algorithm is synchronous, so nothing changes under it and nothing is copied.
 */
export class NodeTable implements ClusterSnapshot {
  podCount = new Int32Array(16);
  podLimit = new Int32Array(16);
  readonly changes = new ChangeLog();
  readonly #nodes: (Node | undefined)[] = [];
  readonly #views: (RowView | undefined)[] = [];
  readonly #pods: (Map<string, PodInfo> | undefined)[] = [];
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #resources = new Map<string, ResourceColumns>();
  readonly #attributes = new Map<string, InternedColumn<unknown>>();
  #order: Int32Array | undefined;

  get nodeCount(): number {
    return this.#rows.size;
  }

  /** Rows of all nodes, zones interleaved; replaced when nodes come, go or change zone. */
  get order(): Int32Array {
    return (this.#order ??= interleave(this.#rowsByZone()));
  }

  resource(name: string): ResourceColumn | undefined {
    return this.#resources.get(name);
  }

  attribute<T>(attribute: NodeAttribute<T>): AttributeColumn<T> {
    let column = this.#attributes.get(attribute.name) as InternedColumn<T> | undefined;
    if (column === undefined) {
      column = new InternedColumn(attribute, this.podCount.length);
      for (const row of this.#rows.values()) column.set(row, this.nodeAt(row));
      if (this.#attributes.size >= maxAttributes) this.#attributes.delete(this.#attributes.keys().next().value!);
    } else {
      this.#attributes.delete(attribute.name);
    }
    // Insertion order is order of use: the first key is the one unused for longest.
    this.#attributes.set(attribute.name, column as InternedColumn<unknown>);
    return column;
  }

  rowOf(nodeName: string): number | undefined {
    return this.#rows.get(nodeName);
  }

  /** False for a row whose node is gone. */
  has(row: number): boolean {
    return this.#nodes[row] !== undefined;
  }

  nodeAt(row: number): Node {
    const node = this.#nodes[row];
    if (node === undefined) throw new RangeError(`no node in row ${row}`);
    return node;
  }

  view(row: number): NodeView {
    return (this.#views[row] ??= new RowView(this.nodeAt(row), row, this));
  }

  /** Pods on a node, assumed ones included. */
  podsOn(row: number): Iterable<PodInfo> {
    return this.#pods[row]?.values() ?? [];
  }

  /** Adds a node or takes over its new state; pods on it stay counted. */
  setNode(node: Node): void {
    const name = node.metadata.name;
    const known = this.#rows.get(name);
    const row = known ?? this.#newRow(name);
    const before = this.#nodes[row];
    if (before === undefined || zoneOf(before) !== zoneOf(node)) this.#order = undefined;
    this.#nodes[row] = node;
    this.#views[row] = undefined;
    this.#setAllocatable(row, node);
    for (const column of this.#attributes.values()) column.set(row, node);
    this.changes.add(row);
  }

  /** Forgets a node; its pods are forgotten with it. */
  removeNode(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#rows.delete(name);
    this.#nodes[row] = undefined;
    this.#views[row] = undefined;
    this.#pods[row] = undefined;
    this.podCount[row] = 0;
    this.podLimit[row] = 0;
    for (const column of this.#resources.values()) column.clear(row);
    for (const column of this.#attributes.values()) column.clear(row);
    this.#free.push(row);
    this.#order = undefined;
    this.changes.add(row);
  }

  addPod(row: number, pod: PodInfo): void {
    const pods = (this.#pods[row] ??= new Map());
    const known = pods.get(pod.key);
    if (known !== undefined) this.#count(row, known, -1);
    pods.set(pod.key, pod);
    this.#count(row, pod, 1);
  }

  removePod(row: number, key: string): void {
    const pod = this.#pods[row]?.get(key);
    if (pod === undefined) return;
    this.#pods[row]!.delete(key);
    this.#count(row, pod, -1);
  }

  #count(row: number, pod: PodInfo, sign: 1 | -1): void {
    this.podCount[row] = this.podCount[row]! + sign;
    this.changes.add(row);
    for (const column of this.#resources.values()) column.count(row, pod, sign);
  }

  #setAllocatable(row: number, node: Node): void {
    const allocatable = node.status?.allocatable ?? {};
    this.podLimit[row] = 0;
    for (const column of this.#resources.values()) column.allocatable[row] = 0;
    for (const [name, quantity] of Object.entries(allocatable)) {
      if (name === 'pods') this.podLimit[row] = amountOf(name, quantity);
      else this.#column(name).allocatable[row] = amountOf(name, quantity);
    }
  }

  /** A resource gets its column when the first node offers it; what pods request of it is then counted afresh. */
  #column(name: string): ResourceColumns {
    let column = this.#resources.get(name);
    if (column !== undefined) return column;
    column = new ResourceColumns(name, this.podCount.length);
    this.#resources.set(name, column);
    for (const [row, pods] of this.#pods.entries()) for (const pod of pods?.values() ?? []) column.count(row, pod, 1);
    return column;
  }

  #newRow(name: string): number {
    const row = this.#free.pop() ?? this.#nodes.length;
    this.#rows.set(name, row);
    if (row >= this.podCount.length) this.#grow(2 * this.podCount.length);
    this.#nodes[row] = undefined;
    return row;
  }

  #grow(capacity: number): void {
    this.podCount = grown(this.podCount, capacity);
    this.podLimit = grown(this.podLimit, capacity);
    for (const column of this.#resources.values()) column.grow(capacity);
    for (const column of this.#attributes.values()) column.grow(capacity);
  }

  #rowsByZone(): ReadonlyMap<string, readonly number[]> {
    const zones = new Map<string, number[]>();
    for (const row of this.#rows.values()) {
      const zone = zoneOf(this.nodeAt(row));
      const rows = zones.get(zone);
      if (rows === undefined) zones.set(zone, [row]);
      else rows.push(row);
    }
    return zones;
  }
}
