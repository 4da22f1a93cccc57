import { Logger, type ExtensionPoint, type LivePoint, type Plugin, type PluginUse } from '@keelson/sdk';
import type { Assembly } from './assembly.ts';
import { parseConfig } from './config-check.ts';
import { asError } from './guard.ts';
import { connect, cycleProblems, topological } from './graph.ts';
import { checkManifest } from './manifest-check.ts';
import { checkPoints } from './order-check.ts';
import type { HostOptions } from './options.ts';
import { originOf } from './origin.ts';
import type { Problem } from './problem.ts';
import { findProviders, type Providers } from './providers.ts';
import { openScope, setUp } from './set-up.ts';
import type { Unit } from './unit.ts';
import type { KernelContainer } from './wiring/kernel-container.ts';

/** The wired plugins in start order, or everything that is wrong with them. */
export interface Assembled {
  readonly units: readonly Unit[];
  readonly problems: readonly Problem[];
}

/**
 * Builds the graph and sets up every plugin whose own part is in order. Goes as far as it can after a problem, so that
 * one run reports all of them.
 */
export function assemble(assembly: Assembly): Assembled {
  const { options, points, container } = assembly;
  const problems: Problem[] = [...(options.problems ?? [])];
  for (const { provisionOf, value } of options.provisions ?? []) container.provide(provisionOf, value);

  const { units, unfit } = describeUnits(assembly, problems);
  definePoints(assembly, units);
  const providers = findProviders(units, assembly, problems);
  for (const unit of units) for (const { tokenKind, key } of unit.plugin.provides ?? []) if (tokenKind === 'token') container.declare(key);
  for (const unit of units) openScope(unit, container);
  connectTokens(units, providers, assembly, problems, unfit);

  const { sorted, rest } = topological(units);
  problems.push(...cycleProblems(rest));
  const built = setUpInOrder(sorted, unfit, assembly, problems);
  const unbuilt = units.filter((unit) => !built.includes(unit));
  problems.push(...checkPoints({ points, order: assembly.order, built, unbuilt }));

  connectPoints(units);
  const full = topological(units);
  if (rest.length === 0) problems.push(...cycleProblems(full.rest));
  return { units: full.sorted, problems };
}

/** One unit per plugin; those with a bad manifest are left out, those with a bad configuration are unfit for set-up. */
function describeUnits({ options, container }: Assembly, problems: Problem[]): { readonly units: readonly Unit[]; readonly unfit: Set<Unit> } {
  const units = new Map<string, Unit>();
  const unfit = new Set<Unit>();
  for (const { use: plugin, config: given } of options.plugins) {
    const place = options.places?.[(plugin as Plugin | undefined)?.name ?? ''];
    const wrong = checkManifest(plugin, place);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    if (units.has(plugin.name)) {
      problems.push({ code: 'KEEL_DUPLICATE_PLUGIN', place: plugin.name, what: 'is listed twice', remedy: 'list it once; to change the configuration of a plugin that a preset brings, use "configure"' });
      continue;
    }
    const unit = newUnit({ use: plugin, config: given }, place, options, container);
    const parsed = parseConfig(plugin, given, place);
    unit.config = parsed.config;
    problems.push(...parsed.problems);
    if (parsed.problems.length > 0) unfit.add(unit);
    units.set(plugin.name, unit);
  }
  return { units: [...units.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), unfit };
}

function newUnit({ use: plugin }: PluginUse, place: string | undefined, options: HostOptions, container: KernelContainer): Unit {
  const services = new Map<string, unknown>((options.services?.(plugin) ?? []).map(({ provisionOf, value }) => [provisionOf, value]));
  if (!services.has(Logger.key)) services.set(Logger.key, options.log.child({ plugin: plugin.name }));
  const log = services.get(Logger.key) as Logger;
  const unit: Unit = {
    plugin,
    name: plugin.name,
    place,
    config: undefined,
    requires: Object.entries(plugin.requires ?? {}) as Unit['requires'],
    services,
    log,
    origin: originOf({ plugin, log, services, scope: () => unit.scope, scoped: options.scoped ?? [], container }),
    policy: options.onFailure?.[plugin.name] ?? plugin.onFailure,
    edges: [],
    dependents: [],
    scope: undefined,
    instance: undefined,
    contributions: [],
    provisions: [],
    generation: 0,
    builtWith: new Map(),
    used: false,
    active: false,
    drained: false,
    state: 'configured',
    since: options.clock.now(),
    faults: 0,
    lastError: undefined,
    attempt: 0,
    takeDown: undefined,
  };
  return unit;
}

function definePoints({ options, points, container }: Assembly, units: readonly Unit[]): void {
  for (const point of options.points ?? []) points.define(point);
  for (const unit of units) {
    for (const [, requirement] of unit.requires) {
      if (requirement.tokenKind === 'point') points.define(requirement);
      if (requirement.tokenKind === 'live') points.define((requirement as LivePoint<unknown>).point);
    }
    for (const provided of unit.plugin.provides ?? []) if (provided.tokenKind === 'point') points.define(provided as ExtensionPoint<unknown>);
  }
  for (const { key } of points.definitions()) container.provide(key, points.contributions(key));
}

function connectTokens(units: readonly Unit[], providers: Providers, { options }: Assembly, problems: Problem[], unfit: Set<Unit>): void {
  for (const unit of units) {
    const needed = unit.requires.flatMap(([, requirement]) => (requirement.tokenKind === 'token' || requirement.tokenKind === 'optional' ? [requirement] : []));
    for (const { key, tokenKind } of needed) {
      if (unit.scope!.ownsKey(key)) continue;
      const answer = providers.find(key, unit);
      if (answer.known) {
        for (const to of answer.units) connect(unit, to, tokenKind, key);
      } else if (tokenKind === 'token') {
        problems.push(providers.missing(key, unit));
        unfit.add(unit);
      }
    }
    if ((unit.plugin.crds ?? []).length === 0) continue;
    for (const { key } of options.establish?.from ?? []) for (const to of providers.find(key, unit).units) if (to !== unit) connect(unit, to, 'token', key);
  }
}

/** Requiring a point means starting after all that fill it; known once every plugin has been set up. */
function connectPoints(units: readonly Unit[]): void {
  const fillers = new Map<string, Set<Unit>>();
  for (const unit of units) {
    for (const { contributionTo } of unit.contributions) {
      let set = fillers.get(contributionTo);
      if (set === undefined) fillers.set(contributionTo, (set = new Set()));
      set.add(unit);
    }
  }
  for (const unit of units) {
    for (const [, requirement] of unit.requires) {
      if (requirement.tokenKind !== 'point') continue;
      for (const filler of fillers.get(requirement.key) ?? []) connect(unit, filler, 'point', requirement.key);
    }
    unit.edges.sort((a, b) => (a.to.name < b.to.name ? -1 : a.to.name > b.to.name ? 1 : 0));
  }
}

function setUpInOrder(sorted: readonly Unit[], unfit: ReadonlySet<Unit>, { options, container }: Assembly, problems: Problem[]): readonly Unit[] {
  const built = new Set<Unit>();
  for (const unit of sorted) {
    if (unfit.has(unit) || unit.edges.some(({ to }) => !built.has(to))) continue;
    try {
      setUp(unit, container, options.scoped ?? []);
      built.add(unit);
    } catch (error) {
      problems.push(setUpProblem(unit, asError(error)));
    }
  }
  return [...built];
}

function setUpProblem(unit: Unit, error: Error): Problem {
  const ours = (error as { code?: unknown }).code === 'KEEL_BAD_SETUP';
  const what = ours ? error.message.replace(`${unit.name}: `, '') : `failed in setup: ${error.message}`;
  return { code: ours ? 'KEEL_BAD_MANIFEST' : 'KEEL_SETUP_FAILED', place: unit.name, what, ...(unit.place === undefined ? {} : { cause: `listed at ${unit.place}` }) };
}
