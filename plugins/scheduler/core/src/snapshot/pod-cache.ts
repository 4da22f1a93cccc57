import type { Node } from '@keelson/api/core/v1';
import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from './node-table.ts';

/** Where a pod counts, and whether the API server has said so yet. */
interface Placement {
  readonly nodeName: string;
  readonly info: PodInfo;
  readonly assumed: boolean;
}

/**
 * Which pod counts on which node. A pod is *assumed* from the decision until the watch shows it bound, so that the next
 * decision sees it without waiting for the binding. Pods may be known before their node is.
 */
export class PodCache {
  readonly #table: NodeTable;
  readonly #placements = new Map<string, Placement>();
  /** Pods by the name of a node that is not (or no longer) there. */
  readonly #homeless = new Map<string, Set<string>>();

  constructor(table: NodeTable) {
    this.#table = table;
  }

  isAssumed(key: string): boolean {
    return this.#placements.get(key)?.assumed === true;
  }

  nodeOf(key: string): string | undefined {
    return this.#placements.get(key)?.nodeName;
  }

  /** Counts the pod on the node ahead of its binding. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place({ nodeName, info, assumed: true });
  }

  /** Takes an assumption back (the binding failed); nothing if the pod was confirmed in between. */
  forget(key: string): void {
    if (this.isAssumed(key)) this.#unplace(key);
  }

  /** The API server shows the pod on a node: the truth, whatever was assumed. */
  confirm(info: PodInfo, nodeName: string): void {
    this.#place({ nodeName, info, assumed: false });
  }

  remove(key: string): void {
    this.#unplace(key);
  }

  setNode(node: Node): void {
    this.#table.setNode(node);
    const waiting = this.#homeless.get(node.metadata.name);
    if (waiting === undefined) return;
    this.#homeless.delete(node.metadata.name);
    const row = this.#table.rowOf(node.metadata.name)!;
    for (const key of waiting) this.#table.addPod(row, this.#placements.get(key)!.info);
  }

  removeNode(name: string): void {
    const row = this.#table.rowOf(name);
    if (row === undefined) return;
    const keys = new Set<string>();
    for (const pod of this.#table.podsOn(row)) keys.add(pod.key);
    if (keys.size > 0) this.#homeless.set(name, keys);
    this.#table.removeNode(name);
  }

  #place(placement: Placement): void {
    const { key } = placement.info;
    const before = this.#placements.get(key);
    if (before !== undefined && before.nodeName !== placement.nodeName) this.#unplace(key);
    this.#placements.set(key, placement);
    const row = this.#table.rowOf(placement.nodeName);
    if (row !== undefined) this.#table.addPod(row, placement.info);
    else this.#homeless.set(placement.nodeName, (this.#homeless.get(placement.nodeName) ?? new Set()).add(key));
  }

  #unplace(key: string): void {
    const placement = this.#placements.get(key);
    if (placement === undefined) return;
    this.#placements.delete(key);
    const row = this.#table.rowOf(placement.nodeName);
    if (row !== undefined) return this.#table.removePod(row, key);
    const waiting = this.#homeless.get(placement.nodeName);
    if (waiting?.delete(key) && waiting.size === 0) this.#homeless.delete(placement.nodeName);
  }
}
