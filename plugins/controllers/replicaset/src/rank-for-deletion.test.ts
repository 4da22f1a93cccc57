import { Pod } from '@keelson/api/core/v1';
import { newObject } from '@keelson/reconcile';
import { deletionCost, deletionCostAnnotation, rankForDeletion } from './rank-for-deletion.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

interface Shape {
  node?: string;
  phase?: string;
  readyFor?: number;
  cost?: string;
  restarts?: number;
  age?: number;
}

const pod = (name: string, { node = 'n1', phase = 'Running', readyFor = 1000, cost, restarts = 0, age = 1000 }: Shape = {}): Pod =>
  newObject(Pod, {
    metadata: { name, uid: name, creationTimestamp: ago(age), ...(cost === undefined ? {} : { annotations: { [deletionCostAnnotation]: cost } }) },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: readyFor < 0 ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyFor) }],
      containerStatuses: [{ name: 'c', restartCount: restarts, image: '', imageID: '', ready: readyFor >= 0 }],
    },
  });

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

test('deletes in upstream order, one criterion after the other', () => {
  const pods = [
    pod('old'),
    pod('young', { age: 10 }),
    pod('restarted', { restarts: 5 }),
    pod('just-ready', { readyFor: 3 }),
    pod('crowded', { node: 'n2' }),
    pod('cheap', { cost: '-7' }),
    pod('unready', { readyFor: -1 }),
    pod('pending', { phase: 'Pending', readyFor: -1 }),
    pod('unscheduled', { node: '', phase: 'Pending', readyFor: -1 }),
  ];
  const crowd = [...pods, ...Array.from({ length: 20 }, (_, n) => pod(`c${n}`, { node: 'n2' }))];
  expect(names(rankForDeletion(pods, 8, crowd, now))).toEqual(['unscheduled', 'pending', 'unready', 'cheap', 'crowded', 'just-ready', 'restarted', 'young']);
});

test('pods of about the same age are told apart by uid, not by milliseconds', () => {
  const pods = [pod('b', { age: 1000 }), pod('a', { age: 1010 }), pod('c', { age: 990 })];
  expect(names(rankForDeletion(pods, 2, pods, now))).toEqual(['a', 'b']);
});

test('all of them need no order', () => {
  const pods = [pod('b'), pod('a')];
  expect(rankForDeletion(pods, 2, [], now)).toBe(pods);
});

test.each([['5', 5], ['-3', -3], ['0', 0], ['05', 0], ['+5', 0], ['5.5', 0], ['x', 0], ['99999999999', 0]])('deletion cost %s is %d', (text, cost) => {
  expect(deletionCost(pod('a', { cost: text }))).toBe(cost);
});

test('ranking ten thousand pods is a matter of milliseconds', () => {
  const pods = Array.from({ length: 10_000 }, (_, n) => pod(`p${n}`, { node: `n${n % 100}`, age: n }));
  const started = process.hrtime.bigint();
  expect(rankForDeletion(pods, 5_000, pods, now)).toHaveLength(5_000);
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1500);
});
