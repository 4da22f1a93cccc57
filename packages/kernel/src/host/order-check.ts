import { nearest } from './config-check.ts';
import type { OrderRule } from './options.ts';
import { contributionName } from './points.ts';
import type { Points } from './points.ts';
import type { Problem } from './problem.ts';
import type { Unit } from './unit.ts';
import { mayFill } from './manifest-check.ts';

/** What the checks of points look at. */
export interface PointCheck {
  readonly points: Points;
  readonly order: ReadonlyMap<string, OrderRule>;
  /** Set up, so their contributions are known. */
  readonly built: readonly Unit[];
  /** Not set up because of other problems: nothing is said about what only they may give. */
  readonly unbuilt: readonly Unit[];
}

/** Order and cardinality problems of all points. */
export function checkPoints(check: PointCheck): readonly Problem[] {
  const given = contributionsByPoint(check.built);
  const keys = new Set([...given.keys(), ...check.order.keys(), ...[...check.points.definitions()].map((point) => point.key)]);
  return [...keys].sort().flatMap((key) => {
    const members = given.get(key) ?? [];
    const uncertain = check.unbuilt.some((unit) => mayFill(unit.plugin, key));
    return [...cardinality(check, key, members, uncertain), ...ordering(check, key, members, uncertain)];
  });
}

interface Member {
  readonly plugin: string;
  readonly name: string;
}

function contributionsByPoint(units: readonly Unit[]): ReadonlyMap<string, Member[]> {
  const given = new Map<string, Member[]>();
  for (const unit of units) {
    for (const { contributionTo, value } of unit.contributions) {
      const members = given.get(contributionTo) ?? [];
      members.push({ plugin: unit.name, name: contributionName(unit.name, value) });
      given.set(contributionTo, members);
    }
  }
  return given;
}

function cardinality({ points }: PointCheck, key: string, members: readonly Member[], uncertain: boolean): readonly Problem[] {
  const wanted = points.definition(key)?.cardinality ?? 'any';
  if (wanted !== 'any' && members.length === 0 && !uncertain) {
    return [{ code: 'KEEL_CARDINALITY', place: key, what: `needs ${wanted === 'exactly-one' ? 'exactly' : 'at least'} one contribution, there is none`, remedy: 'add a plugin that fills it' }];
  }
  if (wanted === 'exactly-one' && members.length > 1) {
    return [{ code: 'KEEL_CARDINALITY', place: key, what: `takes exactly one contribution, there are ${members.length}`, cause: `from ${members.map(written).join(', ')}`, remedy: 'remove all but one of these plugins' }];
  }
  return [];
}

function ordering({ points, order }: PointCheck, key: string, members: readonly Member[], uncertain: boolean): readonly Problem[] {
  const rule = order.get(key);
  const definition = points.definition(key);
  if (rule === undefined && (definition?.ordered !== true || members.length < 2)) return [];
  const known = definition !== undefined || members.length > 0 || uncertain;
  if (rule !== undefined && rule.inherited !== true && !known) return [unknownPoint(points, key, rule)];
  const problems: Problem[] = [];
  const seen = new Map<string, Member>();
  for (const member of members) {
    const twin = seen.get(member.name);
    if (twin !== undefined) problems.push({ code: 'KEEL_ORDER_AMBIGUOUS', place: key, what: `has two contributions named "${member.name}"`, cause: `from ${twin.plugin} and ${member.plugin}`, remedy: 'remove one of the plugins; in an ordered point names are unique' });
    seen.set(member.name, member);
  }
  const placed = new Set(rule?.names ?? []);
  for (const member of seen.values()) {
    if (!placed.has(member.name)) problems.push(unplaced(key, member, rule, [...seen.keys()]));
  }
  if (rule === undefined || rule.inherited === true) return problems;
  const at = rule.place === undefined ? {} : { cause: `ordered at ${rule.place}` };
  for (const name of placed) {
    if (seen.has(name) || uncertain) continue;
    const near = nearest(name, [...seen.keys()]);
    problems.push({ code: 'KEEL_ORDER_UNKNOWN', place: key, what: `orders "${name}", which nobody contributes`, ...at, remedy: near === undefined ? 'take it out of the order, or add the plugin that contributes it' : `did you mean "${near}"?` });
  }
  return problems;
}

function unknownPoint(points: Points, key: string, { place }: OrderRule): Problem {
  const near = nearest(key, [...points.definitions()].map((point) => point.key));
  return {
    code: 'KEEL_ORDER_UNKNOWN',
    place: key,
    what: 'is ordered, but is no extension point of this distribution',
    ...(place === undefined ? {} : { cause: `ordered at ${place}` }),
    remedy: near === undefined ? 'take it out of "order", or add the plugin that has the point' : `did you mean "${near}"?`,
  };
}

function unplaced(key: string, member: Member, rule: OrderRule | undefined, all: readonly string[]): Problem {
  const remedy = rule === undefined ? `add an order for the point, for example ${JSON.stringify(all)}` : `put it at its place in the order of ${key}${rule.place === undefined ? '' : ` (${rule.place})`}`;
  return { code: 'KEEL_ORDER_INCOMPLETE', place: key, what: `does not place ${written(member)}`, remedy };
}

function written(member: Member): string {
  return `"${member.name}" (${member.plugin})`;
}
