import { findCondition } from '@keelson/api';
import type { Node } from '@keelson/api/core/v1';

/** How fast nodes are tainted for eviction. */
export interface EvictionRates {
  /** Nodes a second in a healthy zone. */
  readonly normal: number;
  /** Nodes a second in a large zone that is partly down. */
  readonly secondary: number;
  /** Part of a zone that makes it partly down. */
  readonly unhealthyThreshold: number;
  /** Zones up to this size stop evicting when they are partly down. */
  readonly largeZone: number;
}

type State = 'normal' | 'partial' | 'full';

interface Zone {
  readonly nodes: Map<string, boolean>;
  ready: number;
  state: State;
  /** Monotonic time from which on the next node may be tainted. */
  free: number;
  readonly waiting: Set<string>;
  /** When each node first asked for its turn. */
  readonly asked: Map<string, number>;
}

/** Nodes that fall silent together are told of one after the other: nobody is evicted before the last of them is counted. */
const settleTime = 100;

/** The change that a node's news made: nodes that should be looked at again, and whether all of them were out of reach until now. */
export interface ZoneChange {
  readonly affected: readonly string[];
  readonly recovered: boolean;
}

/**
 * Nodes by zone and readiness. Many silent nodes at once mean that the network, not the nodes, has failed: evictions
 * become slower, and stop when no zone has a ready node. Everything is counted as nodes change, nothing is scanned.
 */
export class Zones {
  readonly #zones = new Map<string, Zone>();
  readonly #zoneOf = new Map<string, string>();
  #outOfReach = false;

  constructor(private readonly rates: EvictionRates) {}

  /** True while no zone has a ready node; then nobody is evicted. */
  get outOfReach(): boolean {
    return this.#outOfReach;
  }

  observe(node: Node): ZoneChange {
    const { name } = node.metadata;
    const key = zoneKey(node);
    const ready = findCondition(node.status?.conditions, 'Ready')?.status === 'True';
    const before = this.#zoneOf.get(name);
    if (before === key && this.#zones.get(key)?.nodes.get(name) === ready) return { affected: [], recovered: false };
    if (before !== undefined && before !== key) this.#take(before, name);
    const zone = this.#zone(key);
    if (zone.nodes.get(name) === true) zone.ready -= 1;
    zone.nodes.set(name, ready);
    if (ready) {
      zone.ready += 1;
      zone.waiting.delete(name);
      zone.asked.delete(name);
    }
    this.#zoneOf.set(name, key);
    return this.#judge();
  }

  forget(name: string): ZoneChange {
    const key = this.#zoneOf.get(name);
    if (key === undefined) return { affected: [], recovered: false };
    this.#take(key, name);
    this.#zoneOf.delete(name);
    return this.#judge();
  }

  /** 0: taint it now (the turn is taken); more: milliseconds until its turn; undefined: not before its zone recovers. */
  turn(name: string, now: number): number | undefined {
    const zone = this.#zones.get(this.#zoneOf.get(name) ?? '');
    if (zone === undefined) return 0;
    const asked = zone.asked.get(name) ?? now;
    zone.asked.set(name, asked);
    if (now < asked + settleTime) return asked + settleTime - now;
    const rate = this.#rate(zone);
    if (rate <= 0) {
      zone.waiting.add(name);
      return undefined;
    }
    if (zone.free > now) return zone.free - now;
    zone.waiting.delete(name);
    zone.asked.delete(name);
    zone.free = now + 1000 / rate;
    return 0;
  }

  #rate(zone: Zone): number {
    if (this.#outOfReach) return 0;
    if (zone.state !== 'partial') return this.rates.normal;
    return zone.nodes.size > this.rates.largeZone ? this.rates.secondary : 0;
  }

  #zone(key: string): Zone {
    let zone = this.#zones.get(key);
    if (zone === undefined) {
      zone = { nodes: new Map(), ready: 0, state: 'normal', free: 0, waiting: new Set(), asked: new Map() };
      this.#zones.set(key, zone);
    }
    return zone;
  }

  #take(key: string, name: string): void {
    const zone = this.#zones.get(key);
    if (zone === undefined) return;
    if (zone.nodes.get(name) === true) zone.ready -= 1;
    zone.nodes.delete(name);
    zone.waiting.delete(name);
    zone.asked.delete(name);
    if (zone.nodes.size === 0) this.#zones.delete(key);
  }

  #judge(): ZoneChange {
    const affected = new Set<string>();
    let reachable = this.#zones.size === 0;
    for (const zone of this.#zones.values()) {
      const state = this.#stateOf(zone);
      if (state !== 'full') reachable = true;
      if (state === zone.state) continue;
      zone.state = state;
      for (const name of zone.waiting) affected.add(name);
    }
    const was = this.#outOfReach;
    this.#outOfReach = !reachable;
    if (was !== this.#outOfReach) for (const name of this.#zoneOf.keys()) affected.add(name);
    return { affected: [...affected], recovered: was && reachable };
  }

  #stateOf({ nodes, ready }: Zone): State {
    const silent = nodes.size - ready;
    if (ready === 0 && silent > 0) return 'full';
    return silent > 2 && silent / nodes.size >= this.rates.unhealthyThreshold ? 'partial' : 'normal';
  }
}

function zoneKey({ metadata }: Node): string {
  const { labels = {} } = metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}/${labels['topology.kubernetes.io/zone'] ?? ''}`;
}
