import type { PodTemplateSpec } from '@keelson/api/core/v1';

/** Label that tells the pods of one revision from those of the others. */
export const templateHashLabel = 'pod-template-hash';

/** Digits map into these letters, as in upstream's names: no vowels, so that no word appears. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Name suffix of the replica set for a template: a hash of its canonical JSON, which does not depend on the order of
 * members, and of the collision count, which tells apart templates that happen to have the same hash.
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const text = canonical(template) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  return [...String(fnv1a(text))].map((digit) => letters[digit.charCodeAt(0) % letters.length]).join('');
}

/** JSON with sorted members; undefined ones are left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
