import type { Contribution, ContributionEntry, Contributions, ExtensionPoint } from '@keelson/sdk';
import type { OrderRule } from './options.ts';
import type { Unit } from './unit.ts';

/** The live, ordered list of one point; its arrays are frozen and replaced, never changed. */
class LiveContributions implements Contributions<unknown> {
  values: readonly unknown[] = Object.freeze([]);
  entries: readonly ContributionEntry<unknown>[] = Object.freeze([]);
  readonly #listeners = new Set<() => void>();
  readonly #call: (listener: () => void) => void;

  constructor(call: (listener: () => void) => void) {
    this.#call = call;
  }

  replace(entries: readonly ContributionEntry<unknown>[]): void {
    this.entries = Object.freeze(entries);
    this.values = Object.freeze(entries.map((entry) => entry.value));
    for (const listener of [...this.#listeners]) this.#call(listener);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.values[Symbol.iterator]();
  }
}

interface Entered {
  readonly unit: Unit;
  readonly index: number;
  readonly name: string;
  readonly entry: ContributionEntry<unknown>;
}

interface Slot {
  readonly live: LiveContributions;
  entered: Entered[];
}

/** Wraps a contribution's value so that calls to it are timed, caught and counted. */
export type Guarding = (unit: Unit, key: string, name: string, value: unknown) => unknown;

/** The name that an order uses for a contribution: its own `name`, else its plugin's. */
export function contributionName(plugin: string, value: unknown): string {
  const name = typeof value === 'object' && value !== null ? (value as { name?: unknown }).name : undefined;
  return typeof name === 'string' && name !== '' ? name : plugin;
}

/** All points of a host and who is in them right now. */
export class Points {
  readonly #definitions = new Map<string, ExtensionPoint<unknown>>();
  readonly #slots = new Map<string, Slot>();
  readonly #ranks = new Map<string, ReadonlyMap<string, number>>();
  readonly #guarding: Guarding;
  readonly #changed: () => void;
  readonly #call: (listener: () => void) => void;

  /** `call` runs a listener: what it throws must not end up as the fault of the plugin that came or went. */
  constructor(order: ReadonlyMap<string, OrderRule>, guarding: Guarding, changed: () => void, call: (listener: () => void) => void) {
    this.#guarding = guarding;
    this.#changed = changed;
    this.#call = call;
    for (const [key, rule] of order) this.#ranks.set(key, new Map(rule.names.map((name, rank) => [name, rank])));
  }

  /** Keeps the first definition of a key: copies of a contract package may each bring an equal one. */
  define(point: ExtensionPoint<unknown>): void {
    if (!this.#definitions.has(point.key)) this.#definitions.set(point.key, point);
  }

  definition(key: string): ExtensionPoint<unknown> | undefined {
    return this.#definitions.get(key);
  }

  definitions(): Iterable<ExtensionPoint<unknown>> {
    return this.#definitions.values();
  }

  /** The same object for the whole life of the host. */
  contributions(key: string): Contributions<unknown> {
    return this.#slot(key).live;
  }

  enter(unit: Unit, contributions: readonly Contribution[]): void {
    const touched = new Set<string>();
    contributions.forEach((contribution, index) => {
      const key = contribution.contributionTo;
      const name = contributionName(unit.name, contribution.value);
      const value = this.#guarding(unit, key, name, contribution.value);
      this.#slot(key).entered.push({ unit, index, name, entry: Object.freeze({ value, origin: unit.origin }) });
      touched.add(key);
    });
    for (const key of touched) this.#publish(key);
    if (touched.size > 0) this.#changed();
  }

  leave(unit: Unit): void {
    let changed = false;
    for (const [key, slot] of this.#slots) {
      if (!slot.entered.some((entered) => entered.unit === unit)) continue;
      slot.entered = slot.entered.filter((entered) => entered.unit !== unit);
      this.#publish(key);
      changed = true;
    }
    if (changed) this.#changed();
  }

  #slot(key: string): Slot {
    let slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, (slot = { live: new LiveContributions(this.#call), entered: [] }));
    return slot;
  }

  #publish(key: string): void {
    const slot = this.#slot(key);
    const ranks = this.#ranks.get(key);
    const rank = (entered: Entered): number => ranks?.get(entered.name) ?? Number.MAX_SAFE_INTEGER;
    slot.entered.sort((a, b) => rank(a) - rank(b) || compare(a.unit.name, b.unit.name) || a.index - b.index);
    slot.live.replace(slot.entered.map((entered) => entered.entry));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
