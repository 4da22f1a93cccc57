import fc from 'fast-check';
import { RangeIndex } from './range-index.ts';

const bound = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), start: bound, end: bound }),
  fc.record({ do: fc.constant('remove' as const), which: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant('match' as const), key: fc.constantFrom('', 'a', 'a0', 'b', 'cz', 'd', 'f', 'g', 'h') }),
);

describe('RangeIndex', () => {
  it('finds what a walk over all ranges finds, in the order of adding', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new RangeIndex<number>();
        const model: { start: string; end: string; value: number; remove: () => void }[] = [];
        steps.forEach((each, value) => {
          if (each.do === 'add') {
            model.push({ start: each.start, end: each.end, value, remove: index.add(each.start, each.end, value) });
          } else if (each.do === 'remove') {
            for (const { remove } of model.splice(each.which, 1)) remove();
          } else {
            expect(index.match(each.key)).toEqual(model.filter(({ start, end }) => start <= each.key && each.key < end).map((item) => item.value));
          }
        });
      }),
    );
  });
});
