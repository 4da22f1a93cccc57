import { storageKind, type Kind } from '@keelson/api';
import { convertObject } from '@keelson/api/conversion';
import type { MutableObject } from '../mutable-object.ts';

/** Turns objects between the served kind and the one in which they are stored; pure, input may be frozen. */
export interface Conversion {
  toStorage(object: MutableObject): MutableObject;
  fromStorage(object: MutableObject): MutableObject;
}

/** The conversion that a kind needs, or undefined if it is stored as it is served. */
export function conversionOf(kind: Kind): Conversion | undefined {
  if (kind.definition === '') return undefined;
  const stored = storageKind(kind);
  if (stored === kind) return undefined;
  return {
    toStorage: (object) => convertObject(object, kind, stored) as MutableObject,
    fromStorage: (object) => convertObject(object, stored, kind) as MutableObject,
  };
}

/** Between versions of a custom kind only the name of the version changes. */
export function renaming({ apiVersion }: Kind): Conversion {
  return {
    toStorage: (object) => object,
    fromStorage: (object) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion }),
  };
}
