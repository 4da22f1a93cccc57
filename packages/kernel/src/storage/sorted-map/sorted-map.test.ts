import fc from 'fast-check';
import { SortedMap } from './sorted-map.ts';

type Step = { readonly do: 'set' | 'delete' | 'freeze'; readonly key: number };

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof({ weight: 6, arbitrary: fc.constant('set' as const) }, { weight: 4, arbitrary: fc.constant('delete' as const) }, { weight: 1, arbitrary: fc.constant('freeze' as const) }),
  key: fc.integer({ min: 0, max: 400 }),
});
const name = (n: number): string => `/registry/pods/default/pod-${String(n)}`;

function sorted(model: ReadonlyMap<string, number>): [string, number][] {
  return [...model].sort(([a], [b]) => (a < b ? -1 : 1));
}

function expectSame(map: SortedMap<number>, model: readonly (readonly [string, number])[], from: string, to: string): void {
  expect([...map]).toEqual(model);
  expect(map.size).toBe(model.length);
  const inside = model.filter(([key]) => key >= from && key < to);
  expect([...map.entries({ start: from, end: to })]).toEqual(inside);
  expect([...map.entries({ start: from, end: to, reverse: true })]).toEqual([...inside].reverse());
  expect(map.count({ start: from, end: to })).toBe(inside.length);
  expect(map.count({ start: from })).toBe(model.filter(([key]) => key >= from).length);
  expect(map.rank(to)).toBe(model.filter(([key]) => key < to).length);
  expect(map.values({ start: from, end: to }, 3)).toEqual(inside.slice(0, 3).map(([, value]) => value));
  for (const [key, value] of model) expect(map.get(key)).toBe(value);
}

describe('SortedMap', () => {
  it('equals a sorted array under random edits, and every snapshot stays as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1500, size: 'max' }), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (steps, a, b) => {
        const editor = SortedMap.empty<number>().edit();
        const model = new Map<string, number>();
        const snapshots: { map: SortedMap<number>; model: [string, number][] }[] = [];
        steps.forEach(({ do: what, key }, i) => {
          if (what === 'set') {
            editor.set(name(key), i);
            model.set(name(key), i);
          } else if (what === 'delete') {
            expect(editor.delete(name(key))).toBe(model.delete(name(key)));
          } else if (snapshots.length < 5) {
            snapshots.push({ map: editor.freeze(), model: sorted(model) });
          } else {
            editor.freeze();
          }
        });
        snapshots.push({ map: editor.freeze(), model: sorted(model) });
        for (const snapshot of snapshots) expectSame(snapshot.map, snapshot.model, name(a), name(b));
      }),
      { numRuns: 60 },
    );
  });

  it('never changes an instance by set or delete', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.string()), { maxLength: 200 }), (steps) => {
        let map = SortedMap.empty<number>();
        const seen: { map: SortedMap<number>; content: (readonly [string, number])[] }[] = [];
        steps.forEach(([put, key], i) => {
          map = put ? map.set(key, i) : map.delete(key);
          seen.push({ map, content: [...map] });
        });
        for (const { map: old, content } of seen) expect([...old]).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['ascending', (i: number) => i],
    ['descending', (i: number) => 20_000 - i],
    ['scattered', (i: number) => (i * 7919) % 20_000],
  ])('holds 20,000 keys put in %s order and empties again', (_order, at) => {
    const editor = SortedMap.empty<number>().edit();
    for (let i = 0; i < 20_000; i++) editor.set(String(at(i)).padStart(6, '0'), i);
    expect(editor.size).toBe(20_000);
    const full = editor.freeze();
    const keys = [...full].map(([key]) => key);
    expect(keys).toEqual([...keys].sort());
    expect(keys.filter((key) => !editor.delete(key))).toEqual([]);
    expect(editor.size).toBe(0);
    expect([...editor.freeze()]).toEqual([]);
    expect(full.size).toBe(20_000);
    editor.set('again', 1);
    expect(editor.get('again')).toBe(1);
  });

  it('ends a scan when the visitor says so', () => {
    let map = SortedMap.empty<number>();
    for (let i = 0; i < 100; i++) map = map.set(String(i).padStart(3, '0'), i);
    const seen: number[] = [];
    expect(
      map.scan({ start: '010', reverse: false }, (value) => {
        seen.push(value);
        return value < 12;
      }),
    ).toBe(false);
    expect(seen).toEqual([10, 11, 12]);
  });
});
