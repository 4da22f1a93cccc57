import type { Assembly } from './assembly.ts';
import { nearest } from './config-check.ts';
import type { Problem } from './problem.ts';
import type { Unit } from './unit.ts';

/** Who answers for a key. */
export interface Answer {
  readonly known: boolean;
  /** Plugins that have to be there first; empty for what the composition root gives. */
  readonly units: readonly Unit[];
}

/** Index of who provides which token. */
export interface Providers {
  find(key: string, asker: Unit): Answer;
  missing(key: string, asker: Unit): Problem;
}

/** Builds the index from manifests alone; two providers of one token and two owners of one kind are problems. */
export function findProviders(units: readonly Unit[], { options, container }: Assembly, problems: Problem[]): Providers {
  const byKey = new Map<string, Unit>();
  const kinds = new Map<string, Unit>();
  const scoped = new Map((options.scoped ?? []).map((service) => [service.token.key, service]));
  for (const unit of units) {
    for (const { key, tokenKind } of unit.plugin.provides ?? []) {
      if (tokenKind !== 'token') continue;
      const other = byKey.get(key)?.name ?? (container.has(key) || scoped.has(key) || unit.services.has(key) ? 'the host itself' : undefined);
      if (other !== undefined) problems.push({ code: 'KEEL_DUPLICATE_PROVIDER', place: unit.name, what: `provides ${key}`, cause: `${other} provides it too`, remedy: other === 'the host itself' ? 'take it out of "provides"' : `remove ${unit.name} or ${other}` });
      else byKey.set(key, unit);
    }
    for (const { group, plural } of unit.plugin.crds ?? []) {
      const id = group === '' ? plural : `${plural}.${group}`;
      const owner = kinds.get(id);
      if (owner !== undefined && owner !== unit) problems.push({ code: 'KEEL_DUPLICATE_KIND', place: unit.name, what: `owns ${id}`, cause: `${owner.name} owns it too`, remedy: 'remove one of them: exactly one plugin owns a kind' });
      kinds.set(id, unit);
    }
  }

  const find = (key: string, asker: Unit): Answer => {
    const unit = byKey.get(key);
    if (unit !== undefined) return { known: true, units: [unit] };
    if (container.has(key) || asker.services.has(key)) return { known: true, units: [] };
    const service = scoped.get(key);
    if (service === undefined) return { known: false, units: [] };
    const answers = service.from.map((token) => find(token.key, asker));
    return { known: answers.every((answer) => answer.known), units: answers.flatMap((answer) => answer.units) };
  };
  return { find, missing: (key, asker) => missing(key, asker, [...byKey.keys(), ...scoped.keys()]) };

  function missing(key: string, asker: Unit, keys: readonly string[]): Problem {
    const lacking = (scoped.get(key)?.from ?? []).map((token) => token.key).filter((from) => !find(from, asker).known);
    const sought = lacking.length > 0 ? lacking : [key];
    const gone = (options.absent ?? []).find(({ plugin }) => (plugin.provides ?? []).some((provided) => sought.includes(provided.key)));
    const made = lacking.length > 0 ? `, which is made from ${lacking.join(', ')}` : '';
    const near = gone === undefined && lacking.length === 0 ? nearest(key, keys) : undefined;
    return {
      code: 'KEEL_MISSING_PROVIDER',
      place: asker.name,
      what: `requires ${key}${made}`,
      cause: gone === undefined ? 'nobody provides it' : `nobody provides it: ${gone.plugin.name} ${gone.why}`,
      remedy: gone !== undefined ? `add it back, or remove ${asker.name}` : near === undefined ? `add a plugin that provides it, or remove ${asker.name}` : `did its author mean ${near}? otherwise add a plugin that provides it, or remove ${asker.name}`,
    };
  }
}
