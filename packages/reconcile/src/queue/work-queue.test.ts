import { VirtualClock } from '@keelson/testing/virtual-clock';
import { WorkQueue } from './work-queue.ts';

function world(limits = {}) {
  const clock = new VirtualClock();
  let ready = 0;
  const queue = new WorkQueue({ clock, limits, onReady: () => (ready += 1) });
  const take = () => queue.take()?.key;
  return { clock, queue, take, ready: () => ready };
}

test('holds a key once and hands keys out in order of arrival', () => {
  const { queue, take } = world();
  for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
  expect([take(), take(), take(), take()]).toEqual(['b', 'a', 'c', undefined]);
});

test('a key that is added while it is processed comes back after, and never twice at a time', () => {
  const { queue, take } = world();
  queue.add('a');
  expect(take()).toBe('a');
  queue.add('a');
  queue.add('a');
  expect(take()).toBeUndefined();
  queue.done('a');
  expect(take()).toBe('a');
  queue.done('a');
  expect(take()).toBeUndefined();
  expect(queue.pending).toBe(0);
});

test('backs off per key from 5 ms doubling to 1,000 s, and starts anew after a success', async () => {
  const { queue, take } = world();
  const waits: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    queue.add('a');
    take();
    waits.push(queue.retry('a'));
    queue.done('a');
  }
  expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
  expect(waits.at(-1)).toBe(1_000_000);
  queue.forget('a');
  queue.add('a');
  take();
  expect(queue.retry('a')).toBe(5);
});

test('a bucket bounds the retries of all keys together', () => {
  const { queue } = world({ perSecond: 10, burst: 3 });
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => queue.retry(key))).toEqual([5, 5, 5, 100, 200]);
});

test('delayed keys come at the earliest asked time; an add overtakes them', async () => {
  const { clock, queue, take } = world();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('a', 900);
  await clock.advance(99);
  expect(take()).toBeUndefined();
  await clock.advance(1);
  expect(take()).toBe('a');
  queue.done('a');
  queue.addAfter('b', 500);
  queue.add('b');
  expect(take()).toBe('b');
  queue.done('b');
  await clock.advance(1000);
  expect(take()).toBeUndefined();
  expect([queue.pending, clock.pending]).toEqual([0, 0]);
});

test('what was asked for while processing is not lost', async () => {
  const { clock, queue, take } = world();
  queue.add('a');
  take();
  queue.addAfter('a', 50);
  queue.done('a');
  await clock.advance(50);
  expect(take()).toBe('a');
});

test('spacing takes changes together but keeps the first one fast', async () => {
  const { clock, queue, take } = world();
  queue.add('a');
  expect(take()).toBe('a');
  queue.done('a', 100);
  for (let n = 0; n < 50; n += 1) queue.add('a');
  expect(take()).toBeUndefined();
  await clock.advance(100);
  expect(take()).toBe('a');
  queue.done('a', 100);
  await clock.advance(1000);
  expect([queue.pending, clock.pending]).toEqual([0, 0]);
});

test('a spacing of fractions ends, also by a clock whose sums are rounded', () => {
  let now = 1_767_225_600_000.1;
  const timers: (() => void)[] = [];
  const clock = {
    now: () => now, monotonic: () => now, sleep: () => Promise.resolve(),
    after: (_ms: number, fn: () => void) => {
      timers.push(fn);
      return { cancel: () => undefined };
    },
  };
  const queue = new WorkQueue({ clock, onReady: () => undefined });
  queue.add('a');
  queue.take();
  queue.done('a', 0.3);
  queue.add('a');
  now += 0.3 - 2 ** -12;
  timers.at(-1)?.();
  expect(queue.take()?.key).toBe('a');
});

test('collects causes, the newest 33 of them, and says how long the key waited', async () => {
  const { clock, queue } = world();
  const span = (n: number) => ({ span: { traceId: '1'.repeat(32), spanId: String(n).padStart(16, '0'), traceFlags: 1 }, at: n });
  for (let n = 1; n <= 40; n += 1) queue.add('a', span(n));
  await clock.advance(30);
  const item = queue.take();
  expect(item?.causes.map(({ at }) => at)).toEqual(Array.from({ length: 33 }, (_, n) => n + 8));
  expect([item?.waited, item?.attempt]).toEqual([30, 1]);
  queue.retry('a', item?.causes);
  queue.done('a');
  await clock.advance(5);
  const again = queue.take();
  expect([again?.attempt, again?.causes.length]).toEqual([2, 33]);
});

test('stops without leaving a timer behind', () => {
  const { clock, queue, take } = world();
  queue.addAfter('a', 100);
  queue.add('b');
  queue.stop();
  queue.add('c');
  expect([take(), clock.pending]).toEqual([undefined, 0]);
});

test('a hundred thousand keys pass in linear time', () => {
  const { queue } = world();
  const started = process.hrtime.bigint();
  for (let n = 0; n < 100_000; n += 1) queue.add(`k${n}`);
  for (let item = queue.take(); item !== undefined; item = queue.take()) queue.done(item.key);
  expect(queue.pending).toBe(0);
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(3000);
});
