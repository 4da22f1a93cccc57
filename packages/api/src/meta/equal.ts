/** Deep equality of JSON values; an absent member, `undefined` and an empty list count as the same. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return equalLists(a ?? [], b ?? []);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
}

function equalLists(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!isEqual(a[index], b[index])) return false;
  return true;
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  for (const key in a) if (!isEqual(a[key], b[key])) return false;
  for (const key in b) if (a[key] === undefined && !isEqual(undefined, b[key])) return false;
  return true;
}
