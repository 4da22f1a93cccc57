import { duplicateFields } from './duplicate-fields.ts';

describe('duplicateFields', () => {
  it.each([
    ['{"a":1,"b":{"a":2}}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"spec":{"replicas":1,"x":"\\"replicas\\":","replicas":2}}', ['spec.replicas']],
    ['{"spec":{"containers":[{"name":"a"},{"name":"b","image":"x","image":"y"}]}}', ['spec.containers[1].image']],
    ['[{"a":1},{"a":1}]', []],
    ['{}', []],
  ])('finds the duplicates of %s', (json, expected) => {
    expect(duplicateFields(Buffer.from(json), JSON.parse(json))).toEqual(expected);
  });
});
