import { node, pod, refusals, tableOf } from '@keelson/scheduler-core/testdata';
import { nodeName } from './node-name.ts';

const table = tableOf([node('a'), node('b')]);
const other = ["node(s) didn't match the requested node name"];

describe('node name', () => {
  it.each<[string | undefined, readonly (readonly string[])[]]>([
    [undefined, [[], []]],
    ['', [[], []]],
    ['b', [other, []]],
    ['gone', [other, other]],
  ])('%j', (name, expected) => {
    expect(refusals(nodeName, pod('p', {}, name === undefined ? {} : { nodeName: name }), table)).toEqual(expected);
  });
});
