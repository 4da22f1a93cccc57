/**
 * The value without members that are undefined, at any depth: TypeScript's optional members allow them, JSON has none,
 * and in-process nothing serializes them away. The same value when there are none, so that frozen parts are not copied.
 */
export function definedOnly<T>(value: T): T {
  if (Array.isArray(value)) return listOf(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key in object) {
    const member = object[key];
    const kept = member === undefined ? undefined : definedOnly(member);
    if (kept === member && member !== undefined) continue;
    copy ??= { ...object };
    if (member === undefined) delete copy[key];
    else copy[key] = kept;
  }
  return (copy ?? value) as T;
}

function listOf(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  list.forEach((item, index) => {
    const kept = definedOnly(item);
    if (kept === item) return;
    copy ??= [...list];
    copy[index] = kept;
  });
  return copy ?? list;
}
