import { isSemanticVersion, nearest, type Problem } from '@keelson/kernel/host';
import type { Distribution } from './definition.ts';

/** Every field that a distribution may have, and what it must be; a map, so that a new field cannot be forgotten here. */
const fields: Readonly<Record<keyof Distribution, 'text' | 'list' | 'map'>> = {
  name: 'text', version: 'text', extends: 'list', remove: 'list', replace: 'map', configure: 'list', plugins: 'list', order: 'map', onFailure: 'map',
};

const written = { text: 'a text', list: 'a list', map: 'a map' } as const;

/** What is wrong with the fields of one distribution; files in JavaScript, or with a cast, reach this point unchecked. */
export function checkShape(distribution: Distribution, placeOf: (field: string) => string): readonly Problem[] {
  const problems: Problem[] = [];
  const bad = (field: string, what: string, remedy: string): void => void problems.push({ code: 'KEEL_BAD_DISTRIBUTION', place: placeOf(field), what, remedy });
  for (const [field, value] of Object.entries(distribution)) {
    const kind = fields[field as keyof Distribution] as (typeof fields)[keyof Distribution] | undefined;
    if (kind === undefined) {
      const near = nearest(field, Object.keys(fields));
      bad(field, `has an unknown field "${field}"`, near === undefined ? `take it out; there are ${Object.keys(fields).join(', ')}` : `did you mean "${near}"?`);
    } else if (value !== undefined && kindOf(value) !== kind) bad(field, `has a field "${field}" that is not ${written[kind]}`, `write ${written[kind]}`);
  }
  if (typeof distribution.name === 'string' && !/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/.test(distribution.name)) bad('name', `has the name "${distribution.name}"`, 'use lower-case letters, digits, "-", "." and "_"');
  if (typeof distribution.version === 'string' && !isSemanticVersion(distribution.version)) bad('version', `has the version "${distribution.version}", which is not a semantic version`, 'write three numbers, for example 1.0.0');
  return problems;
}

/** A distribution without the fields whose values cannot be used, so that the rest can still be looked at. */
export function usableFields(distribution: Distribution): Distribution {
  return Object.fromEntries(Object.entries(distribution).filter(([field, value]) => kindOf(value) === fields[field as keyof Distribution])) as unknown as Distribution;
}

function kindOf(value: unknown): 'text' | 'list' | 'map' | undefined {
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null ? 'map' : undefined;
}
