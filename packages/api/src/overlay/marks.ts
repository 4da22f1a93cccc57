import type { FieldMarks } from '../schema/definition.ts';

/** Marks of one object type, by field name. */
export interface TypeOverlay {
  readonly mapType?: 'atomic' | 'granular';
  readonly fields: Readonly<Record<string, FieldMarks>>;
}

/** Marks of one API package, by type name without the package. */
export type PackageOverlay = Readonly<Record<string, TypeOverlay>>;

/** A list keyed by `mapKeys` in server-side apply only; strategic merge replaces it. */
export function keyed(...mapKeys: string[]): FieldMarks {
  return { listType: 'map', listMapKeys: mapKeys };
}

/** A list keyed the same way by server-side apply and by strategic merge, which knows the first key only. */
export function merged(...mapKeys: string[]): FieldMarks {
  return { ...keyed(...mapKeys), patchStrategy: 'merge', patchMergeKey: mapKeys[0] as string };
}

/** As {@link merged}; a strategic merge patch may also name the keys of an element that survive. */
export function retained(key: string): FieldMarks {
  return { ...merged(key), patchStrategy: 'merge,retainKeys' };
}

/** Strategic merge by key, while server-side apply replaces the list. */
export function mergedAtomic(key: string): FieldMarks {
  return { listType: 'atomic', patchStrategy: 'merge', patchMergeKey: key };
}

/** A list of scalars without order or duplicates in server-side apply. */
export const set: FieldMarks = { listType: 'set' };

/** As {@link set}, merged by strategic merge too. */
export const mergedSet: FieldMarks = { listType: 'set', patchStrategy: 'merge' };

/** A map or object that server-side apply replaces whole. */
export const atomicMap: FieldMarks = { mapType: 'atomic' };

/** A field merged key by key although its type is atomic, or marked so for clarity upstream. */
export const granularMap: FieldMarks = { mapType: 'granular' };

/** Status conditions, merged by type everywhere. */
export const conditions: FieldMarks = merged('type');

/** An object type that server-side apply replaces whole. */
export const atomicType: TypeOverlay = { mapType: 'atomic', fields: {} };

/** An object type with marked fields. */
export function fields(marks: Readonly<Record<string, FieldMarks>>): TypeOverlay {
  return { fields: marks };
}

/** One atomic object type for each name. */
export function atomicTypes(...names: string[]): PackageOverlay {
  return Object.fromEntries(names.map((name) => [name, atomicType]));
}
