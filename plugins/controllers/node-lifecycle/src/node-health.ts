import { findCondition } from '@keelson/api';
import type { Lease } from '@keelson/api/coordination/v1';
import type { Node } from '@keelson/api/core/v1';
import { parseTime } from '@keelson/api/time';

interface Health {
  readonly uid: string;
  /** When the node was last heard of, by this side's clock: clocks of different machines are never compared. */
  heard: number;
  heartbeat: string | undefined;
  renewed: string | undefined;
}

/** Silence that is allowed, milliseconds. */
export interface GracePeriods {
  /** After the last sign of life. */
  readonly running: number;
  /** For a node that has never reported. */
  readonly startup: number;
}

/** When each node was last heard of, by its status or by its lease. */
export class NodeHealth {
  readonly #nodes = new Map<string, Health>();

  constructor(private readonly grace: GracePeriods) {}

  /** True for the first sight of this node. */
  isNew({ metadata }: Node): boolean {
    return this.#nodes.get(metadata.name)?.uid !== metadata.uid;
  }

  /** Takes the node's present status and lease; a change in either is a sign of life. */
  observe(node: Node, lease: Lease | undefined, now: number): void {
    const ready = findCondition(node.status?.conditions, 'Ready');
    const known = this.#nodes.get(node.metadata.name);
    if (known?.uid !== node.metadata.uid) {
      // What never reported is as old as its object; of any other it is not known how long it has been silent.
      const heard = ready === undefined ? (parseTime(node.metadata.creationTimestamp ?? '') ?? now) : now;
      this.#nodes.set(node.metadata.name, { uid: node.metadata.uid, heard, heartbeat: ready?.lastHeartbeatTime, renewed: lease?.spec?.renewTime });
      return;
    }
    if (ready !== undefined && ready.lastHeartbeatTime !== known.heartbeat) {
      known.heartbeat = ready.lastHeartbeatTime;
      known.heard = now;
    }
    this.#renew(known, lease, now);
  }

  /** Takes a renewal without looking at the node: leases of a large cluster are renewed hundreds of times a second. */
  renewed(name: string, lease: Lease, now: number): void {
    const known = this.#nodes.get(name);
    if (known !== undefined) this.#renew(known, lease, now);
  }

  /** Milliseconds that the node may stay silent from now on; 0 or less: it is silent for too long. */
  left(node: Node, now: number): number {
    const known = this.#nodes.get(node.metadata.name);
    const reported = findCondition(node.status?.conditions, 'Ready') !== undefined;
    return (known?.heard ?? now) + (reported ? this.grace.running : this.grace.startup) - now;
  }

  /** Nobody could be heard for a while: nobody is blamed for it. */
  forgive(now: number): void {
    for (const known of this.#nodes.values()) known.heard = now;
  }

  forget(name: string): void {
    this.#nodes.delete(name);
  }

  #renew(known: Health, lease: Lease | undefined, now: number): void {
    const renewed = lease?.spec?.renewTime;
    if (renewed === undefined || renewed === known.renewed) return;
    known.renewed = renewed;
    known.heard = now;
  }
}
