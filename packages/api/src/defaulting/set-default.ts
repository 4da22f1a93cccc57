/** Sets a field that is absent. Go pointers and maps are absent only when unset, so `0`, `false` and `''` stay. */
export function setAbsent<T extends object, K extends keyof T>(object: T, key: K, value: NonNullable<T[K]>): void {
  if (object[key] === undefined) object[key] = value;
}

/** Sets a field that is absent or Go's zero value (`''`, `0`), for fields that are no pointers upstream. */
export function setZero<T extends object, K extends keyof T>(object: T, key: K, value: NonNullable<T[K]>): void {
  const current: unknown = object[key];
  if (current === undefined || current === '' || current === 0) object[key] = value;
}

/** Items of a list that may be absent: defaulting runs before validation. */
export function each<T>(list: readonly T[] | undefined, apply: (item: T) => void): void {
  if (list !== undefined) for (const item of list) apply(item);
}

/** A function that puts an object's defaults in place. */
export type Defaulter<T = never> = (object: T) => void;
