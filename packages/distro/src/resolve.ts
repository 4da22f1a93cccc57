import type { FailurePolicy, Plugin, PluginUse } from '@keelson/sdk';
import { nearest, type AbsentPlugin, type HostOptions, type OrderRule, type Problem } from '@keelson/kernel/host';
import { checkShape, usableFields } from './check-shape.ts';
import { asUse, type Distribution } from './definition.ts';
import { idleContributions } from './idle-contributions.ts';
import { fieldPlace, placeOf, type SourceText } from './source-text.ts';

/** One plugin of a resolved distribution, with the story of how it got there. */
export interface Listed {
  readonly plugin: Plugin;
  readonly config: unknown;
  /** One line per step: `standard lists it`, `acme-edge configures it (distribution.ts:9)`. */
  readonly why: readonly string[];
  /** Where it was last listed, as precisely as is known. */
  readonly place: string;
}

/** A distribution with everything it extends merged in. */
export interface ResolvedDistribution {
  readonly name: string;
  readonly version: string;
  readonly plugins: ReadonlyMap<string, Listed>;
  readonly order: Readonly<Record<string, OrderRule>>;
  readonly onFailure: Readonly<Record<string, FailurePolicy>>;
  readonly absent: readonly AbsentPlugin[];
  /** What is wrong with the composition itself; the host reports these together with its own. */
  readonly problems: readonly Problem[];
}

interface Work {
  readonly plugins: Map<string, Listed>;
  readonly order: Map<string, OrderRule>;
  readonly onFailure: Map<string, FailurePolicy>;
  readonly absent: AbsentPlugin[];
  readonly problems: Problem[];
}

/** Merges a distribution with all it extends. Never throws for what a user may have written: see `problems`. */
export function resolveDistribution(distribution: Distribution, source?: SourceText): ResolvedDistribution {
  const work = merge(distribution, source);
  const absent = work.absent.filter(({ plugin }) => !work.plugins.has(plugin.name));
  const idle = idleContributions([...work.plugins.values()].map(({ plugin }) => plugin), absent);
  return {
    name: distribution.name,
    version: distribution.version,
    plugins: work.plugins,
    order: Object.fromEntries(work.order),
    onFailure: Object.fromEntries(work.onFailure),
    absent,
    problems: distinct([...work.problems, ...idle]),
  };
}

/** The part of the host's options that a distribution decides. */
export function hostOptionsOf(resolved: ResolvedDistribution): Pick<HostOptions, 'title' | 'plugins' | 'order' | 'onFailure' | 'places' | 'absent' | 'problems'> {
  const listed = [...resolved.plugins.values()];
  return {
    title: `distribution ${resolved.name}`,
    plugins: listed.map(({ plugin, config }) => ({ use: plugin, config })),
    order: resolved.order,
    onFailure: resolved.onFailure,
    places: Object.fromEntries(listed.map(({ plugin, place }) => [plugin.name, place])),
    absent: resolved.absent,
    problems: resolved.problems,
  };
}

function merge(given: Distribution, source: SourceText | undefined): Work {
  const work: Work = { plugins: new Map(), order: new Map(), onFailure: new Map(), absent: [], problems: [] };
  work.problems.push(...checkShape(given, (field) => fieldPlace(source, field) ?? `distribution ${given.name}`));
  const distribution = usableFields(given);
  for (const parent of distribution.extends ?? []) inherit(work, merge(parent, undefined), distribution.name);
  const step = new Step(distribution, source, work);
  for (const name of distribution.remove ?? []) step.remove(name);
  for (const [name, by] of Object.entries(distribution.replace ?? {})) step.replace(name, asUse(by));
  for (const entry of distribution.configure ?? []) step.configure(entry);
  for (const entry of distribution.plugins ?? []) step.add(asUse(entry));
  for (const [key, names] of Object.entries(distribution.order ?? {})) work.order.set(key, { names, place: step.place(key, 'order') });
  for (const [name, policy] of Object.entries(distribution.onFailure ?? {})) step.onFailure(name, policy);
  return work;
}

/** Takes over a parent; the same plugin by two ways is fine as long as both ways say the same. */
function inherit(work: Work, parent: Work, name: string): void {
  for (const [key, listed] of parent.plugins) {
    const other = work.plugins.get(key);
    if (other !== undefined && (other.plugin !== listed.plugin || other.config !== listed.config)) work.problems.push(duplicate(key, `${name} extends two distributions that list it differently: ${other.place} and ${listed.place}`));
    work.plugins.set(key, listed);
  }
  for (const [key, rule] of parent.order) work.order.set(key, { ...rule, inherited: true });
  for (const [key, policy] of parent.onFailure) work.onFailure.set(key, policy);
  work.absent.push(...parent.absent);
  work.problems.push(...parent.problems);
}

/** What one distribution does to what it extends. */
class Step {
  readonly #name: string;
  readonly #source: SourceText | undefined;
  readonly #work: Work;

  constructor(distribution: Distribution, source: SourceText | undefined, work: Work) {
    this.#name = distribution.name;
    this.#source = source;
    this.#work = work;
  }

  place(name: string, section: string): string {
    return placeOf(this.#source, name, section) ?? `distribution ${this.#name}`;
  }

  remove(name: string): void {
    const place = this.place(name, 'remove');
    const listed = this.#present(name, 'remove', place);
    if (listed === undefined) return;
    this.#work.plugins.delete(name);
    this.#work.onFailure.delete(name);
    this.#work.absent.push({ plugin: listed.plugin, why: `was removed (${place})` });
  }

  replace(name: string, by: PluginUse): void {
    const place = this.place(name, 'replace');
    const listed = this.#present(name, 'replace', place);
    if (listed === undefined || !this.#isPlugin(by, place)) return;
    const given = new Set((by.use.provides ?? []).map((provided) => provided.key));
    const lost = (listed.plugin.provides ?? []).map((provided) => provided.key).filter((key) => !given.has(key));
    if (lost.length > 0) this.#work.problems.push({ code: 'KEEL_REPLACE_INCOMPLETE', place: by.use.name, what: `does not provide ${lost.join(', ')}`, cause: `it replaces ${name}, which does (${place})`, remedy: `let it provide the same, or remove ${name} and add it` });
    this.#work.plugins.delete(name);
    if (by.use.name !== name) this.#work.absent.push({ plugin: listed.plugin, why: `was replaced by ${by.use.name} (${place})` });
    this.#put(by, [`${this.#name} replaces ${name} by it (${place})`], place);
  }

  configure({ use: plugin, config }: PluginUse): void {
    const name = (plugin as Plugin | undefined)?.name ?? 'undefined';
    const place = this.place(name, 'configure');
    const listed = this.#present(name, 'configure', place);
    if (listed === undefined) return;
    this.#work.plugins.set(name, { ...listed, config: mergeConfig(listed.config, config), why: [...listed.why, `${this.#name} configures it (${place})`], place });
  }

  add(entry: PluginUse): void {
    const name = (entry.use as Plugin | undefined)?.name ?? 'undefined';
    const place = this.place(name, 'plugins');
    if (!this.#isPlugin(entry, place)) return;
    this.#put(entry, [`${this.#name} lists it (${place})`], place);
  }

  onFailure(name: string, policy: FailurePolicy): void {
    if (this.#present(name, 'onFailure', this.place(name, 'onFailure')) !== undefined) this.#work.onFailure.set(name, policy);
  }

  #put({ use: plugin, config }: PluginUse, why: readonly string[], place: string): void {
    const other = this.#work.plugins.get(plugin.name);
    if (other === undefined) this.#work.plugins.set(plugin.name, { plugin, config, why, place });
    else this.#work.problems.push(duplicate(plugin.name, `listed at ${other.place} and at ${place}`));
  }

  #present(name: string, section: string, place: string): Listed | undefined {
    const listed = this.#work.plugins.get(name);
    if (listed !== undefined) return listed;
    const gone = this.#work.absent.find(({ plugin }) => plugin.name === name);
    const near = nearest(name, [...this.#work.plugins.keys()]);
    const remedy = near === undefined ? `take it out of "${section}"` : `did you mean "${near}"?`;
    this.#work.problems.push({ code: 'KEEL_UNKNOWN_PLUGIN', place: name, what: `is in "${section}" but not in the distribution`, cause: gone === undefined ? `at ${place}` : `at ${place}; it ${gone.why}`, remedy });
    return undefined;
  }

  #isPlugin(entry: PluginUse, place: string): boolean {
    const plugin: unknown = entry.use;
    if (typeof plugin === 'object' && plugin !== null && typeof (plugin as Plugin).name === 'string') return true;
    this.#work.problems.push({ code: 'KEEL_BAD_DISTRIBUTION', place, what: `lists ${plugin === undefined ? 'undefined' : `a ${typeof plugin}`} where a plugin is due`, remedy: 'import the default export of the plugin' });
    return false;
  }
}

/** Two ways to the same parent bring its problems twice. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function duplicate(name: string, cause: string): Problem {
  return { code: 'KEEL_DUPLICATE_PLUGIN', place: name, what: 'is added twice', cause, remedy: 'add it once; to change its configuration use "configure", to swap it use "replace"' };
}

/** Top-level keys of `over` win; `undefined` keeps what is there. */
export function mergeConfig(under: unknown, over: unknown): unknown {
  if (typeof under !== 'object' || under === null || typeof over !== 'object' || over === null) return over ?? under;
  return { ...under, ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)) };
}
