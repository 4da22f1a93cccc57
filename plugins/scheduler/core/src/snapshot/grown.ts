/** A copy with room for `capacity` entries; new entries are 0. */
export function grown<A extends Int32Array | Float64Array>(array: A, capacity: number): A {
  const larger = new (array.constructor as new (length: number) => A)(capacity);
  larger.set(array);
  return larger;
}
