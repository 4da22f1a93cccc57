import fc from 'fast-check';
import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { limitsOf } from './limits.ts';
import { isScaled, proportionalPlan } from './proportional-plan.ts';
import { oldPodsRun, startNewSet, stopOldSets } from './recreate-plan.ts';
import { sizeOf, splitSets, totalAvailable, totalSize } from './replica-sets.ts';
import { newSetSize, rollingPlan } from './rolling-plan.ts';
import type { Resize } from './size-plan.ts';
import { deployment, set } from './testdata/objects.ts';

const rolling = (maxSurge: number | string, maxUnavailable: number | string): Partial<Deployment['spec']> => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});
const sizes = (plan: readonly Resize[]) => plan.map(({ set: { metadata }, replicas }) => `${metadata.name}=${replicas}`);

test.each([
  [10, '25%', '25%', 3, 2],
  [10, 0, 0, 0, 1],
  [1, '25%', '25%', 1, 0],
  [3, '100%', 5, 3, 3],
  [0, 1, 1, 1, 0],
])('limits of %d replicas with surge %s and unavailable %s', (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
  expect(limitsOf(deployment(replicas, rolling(maxSurge, maxUnavailable)))).toEqual({ surge, unavailable });
});

test('the new set is the oldest with the present template', () => {
  const sets = [set('b', 1, { age: 5 }), set('a', 1, { age: 9 }), set('old', 1, { image: 'nginx:0', age: 20 })];
  const { newSet, oldSets } = splitSets(deployment(1), sets);
  expect([newSet?.metadata.name, ...oldSets.map(({ metadata }) => metadata.name)]).toEqual(['a', 'old', 'b']);
});

describe('rolling update', () => {
  test('grows the new set by what the surge leaves, and shrinks to what is wanted', () => {
    expect(newSetSize(deployment(10), 0, [set('old', 10)])).toBe(3);
    expect(newSetSize(deployment(10), 3, [set('old', 10), set('new', 3)])).toBe(3);
    expect(newSetSize(deployment(10), 0, [])).toBe(10);
    expect(sizes(rollingPlan(deployment(5), { newSet: set('new', 8), oldSets: [] }))).toEqual(['new=5']);
  });

  test('does not shrink the old ones while the new one can grow', () => {
    expect(sizes(rollingPlan(deployment(10), { newSet: set('new', 1), oldSets: [set('old', 10)] }))).toEqual(['new=3']);
  });

  test('shrinks the old ones as far as enough pods stay available', () => {
    expect(sizes(rollingPlan(deployment(10), { newSet: set('new', 3, { available: 0 }), oldSets: [set('old', 10)] }))).toEqual(['old=8']);
    expect(sizes(rollingPlan(deployment(10), { newSet: set('new', 3), oldSets: [set('old', 10)] }))).toEqual(['old=5']);
    expect(rollingPlan(deployment(10), { newSet: set('new', 5, { available: 0 }), oldSets: [set('old', 8)] })).toEqual([]);
  });

  test('takes pods that do not serve first, from the oldest set on', () => {
    const oldSets = [set('newer', 4, { age: 1 }), set('oldest', 4, { age: 9, available: 1 })];
    expect(sizes(rollingPlan(deployment(10, rolling(3, 2)), { newSet: set('new', 5), oldSets }))).toEqual(['oldest=0', 'newer=3']);
  });

  test('never exceeds the limits, and always gets there', () => {
    fc.assert(
      fc.property(
        fc.record({ wanted: fc.integer({ min: 0, max: 40 }), surge: fc.nat(10), unavailable: fc.nat(10), olds: fc.array(fc.nat(20), { maxLength: 4 }), seed: fc.array(fc.nat(3), { minLength: 1 }) }),
        ({ wanted, surge, unavailable, olds, seed }) => {
          const web = deployment(wanted, rolling(surge, unavailable));
          const limits = limitsOf(web);
          let newSet: ReplicaSet = set('new', 0);
          let oldSets: readonly ReplicaSet[] = olds.map((size, index) => set(`old${index}`, size, { age: index + 1 }));
          let steps = 0;
          while (sizeOf(newSet) !== wanted || totalSize(oldSets) > 0 || totalAvailable([newSet]) !== wanted) {
            steps += 1;
            expect(steps).toBeLessThan(1000);
            const before = totalAvailable([newSet, ...oldSets]);
            const total = totalSize([newSet, ...oldSets]);
            const plan = new Map(rollingPlan(web, { newSet, oldSets }).map((resize) => [resize.set, resize.replicas]));
            const resized = (each: ReplicaSet): ReplicaSet => {
              const size = plan.get(each) ?? sizeOf(each);
              const shown = each.status?.availableReplicas ?? 0;
              return { ...each, spec: { ...each.spec, replicas: size }, status: { replicas: size, availableReplicas: Math.min(size, shown) } };
            };
            newSet = resized(newSet);
            oldSets = oldSets.map(resized);
            // Never more pods than the surge allows, unless there were more before; never fewer available ones than allowed, unless there were fewer.
            expect(totalSize([newSet, ...oldSets])).toBeLessThanOrEqual(Math.max(total, wanted + limits.surge));
            expect(totalAvailable([newSet, ...oldSets])).toBeGreaterThanOrEqual(Math.min(before, wanted - limits.unavailable));
            const coming = Math.min(sizeOf(newSet), (newSet.status?.availableReplicas ?? 0) + (seed[steps % seed.length] ?? 1) + (steps % 7 === 0 ? 1 : 0));
            newSet = { ...newSet, status: { replicas: sizeOf(newSet), availableReplicas: coming } };
          }
        },
      ),
      { numRuns: 120, seed: 8 },
    );
  });
});

describe('proportional scaling', () => {
  const at = (name: string, size: number, age: number, total: number) => set(name, size, { desired: total, max: total + 3, age });

  test('is due when the size was changed since', () => {
    expect(isScaled(deployment(10), [set('a', 5, { desired: 10 })])).toBe(false);
    expect(isScaled(deployment(12), [set('a', 5, { desired: 10 })])).toBe(true);
    expect(isScaled(deployment(12), [set('a', 0, { desired: 10 }), set('b', 1)])).toBe(false);
  });

  test('the only active set takes all; without any the newest does', () => {
    expect(sizes(proportionalPlan(deployment(7), { newSet: set('new', 3), oldSets: [set('old', 0)] }))).toEqual(['new=7']);
    expect(sizes(proportionalPlan(deployment(7), { newSet: undefined, oldSets: [set('older', 0, { age: 9 }), set('old', 0, { age: 1 })] }))).toEqual(['old=7']);
  });

  test('a complete new set leaves nothing to the old ones', () => {
    expect(sizes(proportionalPlan(deployment(5), { newSet: set('new', 5, { desired: 5 }), oldSets: [set('old', 2)] }))).toEqual(['old=0']);
  });

  test('shares out by size, up and down, and what rounding leaves goes to the largest', () => {
    const spec = rolling(3, 2);
    const both = { newSet: at('new', 5, 1, 10), oldSets: [at('old', 8, 9, 10)] };
    expect(sizes(proportionalPlan(deployment(15, spec), both))).toEqual(['old=11', 'new=7']);
    expect(sizes(proportionalPlan(deployment(5, spec), both))).toEqual(['old=5', 'new=3']);
    expect(sizes(proportionalPlan(deployment(0, spec), both))).toEqual(['old=0', 'new=0']);
  });

  test('always ends at the allowed total', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }), fc.nat(100), (all, wanted) => {
        const total = all.reduce((sum, size) => sum + size, 0);
        const [newSet, ...oldSets] = all.map((size, age) => set(`s${age}`, size, { age, available: 0, desired: total - 3, max: total })) as [ReplicaSet, ...ReplicaSet[]];
        const plan = proportionalPlan(deployment(wanted, rolling(3, 2)), { newSet, oldSets });
        expect(plan.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(wanted === 0 ? 0 : wanted + 3);
        expect(plan.every(({ replicas }) => replicas >= 0)).toBe(true);
      }),
      { seed: 9 },
    );
  });
});

test('recreate stops the old ones, waits for their pods, then starts all new ones', () => {
  const web = deployment(4, { strategy: { type: 'Recreate' } });
  expect(sizes(stopOldSets([set('a', 3), set('b', 0)]))).toEqual(['a=0']);
  expect(oldPodsRun([set('a', 0, { actual: 2 })], () => [])).toBe(true);
  const pod = (phase: string) => [{ metadata: {}, status: { phase } }] as never;
  expect(oldPodsRun([set('a', 0)], () => pod('Running'))).toBe(true);
  expect(oldPodsRun([set('a', 0)], () => pod('Succeeded'))).toBe(false);
  expect(sizes(startNewSet(web, set('new', 0)))).toEqual(['new=4']);
  expect(startNewSet(web, set('new', 4))).toEqual([]);
  expect(newSetSize(web, 0, [set('old', 4)])).toBe(4);
});
