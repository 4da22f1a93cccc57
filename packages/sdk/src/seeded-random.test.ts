import { seededRandom } from './seeded-random.ts';

const draw = (seed: string) => {
  const random = seededRandom(seed);
  return Array.from({ length: 1000 }, () => random.next());
};

describe('seededRandom', () => {
  it('repeats itself for a seed and differs for others', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(seededRandom('a').fork('x').next()).not.toBe(seededRandom('a').fork('y').next());
  });

  it('spreads evenly', () => {
    const mean = draw('mean').reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it('makes version 4 uuids that do not repeat', () => {
    const random = seededRandom('uuid');
    const uuids = Array.from({ length: 10_000 }, () => random.uuid());
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(uuids.every((uuid) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid))).toBe(true);
  });
});
