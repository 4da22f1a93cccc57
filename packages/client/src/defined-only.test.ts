import { definedOnly } from './defined-only.ts';

test('drops undefined members at any depth and copies only the way to them', () => {
  const kept = Object.freeze({ a: 1, list: [1, null] });
  const value = Object.freeze({ kept, gone: undefined, list: [{ x: undefined, y: 2 }, kept] });
  const result = definedOnly(value);
  expect(Object.keys(result)).toEqual(['kept', 'list']);
  expect(result).toStrictEqual({ kept, list: [{ y: 2 }, kept] });
  expect(result.kept).toBe(kept);
  expect(result.list[1]).toBe(kept);
});

test('gives back what has none', () => {
  const value = { a: [{ b: null }], c: '' };
  expect(definedOnly(value)).toBe(value);
  expect(definedOnly(undefined)).toBeUndefined();
});
