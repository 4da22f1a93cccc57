import { VirtualClock } from '@keelson/testing/virtual-clock';
import { seededRandom } from '@keelson/sdk';
import { podInfoOf } from '../snapshot/pod-info.ts';
import { pod } from '../testdata/objects.ts';
import { Heap, type HeapItem } from './heap.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

const settings = { initialBackoffMs: 1000, maxBackoffMs: 10_000, maxUnschedulableMs: 300_000 };
const info = (name: string, priority = 0, gates: { name: string }[] = []) => podInfoOf(pod(name, {}, { priority, schedulingGates: gates }));

function make(): { clock: VirtualClock; queue: SchedulingQueue; activated: () => number } {
  const clock = new VirtualClock();
  let activated = 0;
  return { clock, queue: new SchedulingQueue(clock, settings, () => activated++), activated: () => activated };
}

const names = (queue: SchedulingQueue): string[] => {
  const out: string[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.push(next.info.pod.metadata.name);
  return out;
};

describe('Heap', () => {
  it('gives its elements in order, whatever left from the middle', () => {
    const random = seededRandom('heap');
    const heap = new Heap<HeapItem & { value: number }>((a, b) => a.value < b.value);
    const items = Array.from({ length: 500 }, () => ({ value: random.int(10_000), heapIndex: -1 }));
    for (const item of items) heap.push(item);
    const gone = new Set(items.filter((_, index) => index % 3 === 0));
    for (const item of gone) heap.remove(item);
    const out: number[] = [];
    for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next.value);
    expect(out).toEqual(items.filter((item) => !gone.has(item)).map(({ value }) => value).sort((a, b) => a - b));
    expect(items.every(({ heapIndex }) => heapIndex === -1)).toBe(true);
  });
});

describe('SchedulingQueue', () => {
  it('gives higher priorities first, then the older', async () => {
    const { queue, clock } = make();
    queue.set(info('old'), undefined, false);
    await clock.advance('1s');
    queue.set(info('young'), undefined, false);
    queue.set(info('twin'), undefined, false);
    queue.set(info('high', 5), undefined, false);
    expect(names(queue)).toEqual(['high', 'old', 'young', 'twin']);
  });

  it('backs off 1 s doubling to 10 s after failures', async () => {
    const { queue, clock } = make();
    queue.set(info('p'), undefined, false);
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      const tried = queue.pop()!;
      const at = clock.now();
      queue.failed(tried);
      while (!queue.ready) await clock.step();
      waits.push(clock.now() - at);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(clock.pending).toBe(0);
  });

  it('keeps refused pods until an event that they asked for, and lets them wait out their back-off then', async () => {
    const { queue, clock } = make();
    queue.set(info('a'), undefined, false);
    queue.set(info('b'), undefined, false);
    queue.refused(queue.pop()!, new Set(['fit']));
    queue.refused(queue.pop()!, new Set(['taints']));
    expect(queue.counts()).toMatchObject({ unschedulable: 2, active: 0 });
    queue.wake((refusedBy) => refusedBy.has('fit'));
    expect(queue.counts()).toMatchObject({ unschedulable: 1, backoff: 1 });
    await clock.advance('1s');
    expect(names(queue)).toEqual(['a']);
    await clock.advance('1m');
    queue.wake((refusedBy) => refusedBy.has('taints'));
    expect(names(queue)).toEqual(['b']);
  });

  it('tries again after five minutes without an event', async () => {
    const { queue, clock } = make();
    queue.set(info('p'), undefined, false);
    queue.refused(queue.pop()!, new Set());
    await clock.advance('299s');
    expect(queue.ready).toBe(false);
    await clock.advance('1s');
    expect(queue.ready).toBe(true);
  });

  it('holds pods with gates back until the last one is gone', () => {
    const { queue } = make();
    queue.set(info('p', 0, [{ name: 'example.org/quota' }]), undefined, false);
    expect(queue.counts()).toMatchObject({ gated: 1 });
    queue.wake(() => true);
    expect(queue.ready).toBe(false);
    queue.set(info('p'), undefined, true);
    expect(names(queue)).toEqual(['p']);
  });

  it('does not take our own status update for a reason to try again', () => {
    const { queue } = make();
    queue.set(info('p'), undefined, false);
    queue.refused(queue.pop()!, new Set());
    queue.set(info('p'), undefined, false);
    expect(queue.counts()).toMatchObject({ unschedulable: 1 });
    queue.set(info('p'), undefined, true);
    expect(queue.counts()).toMatchObject({ backoff: 1 });
  });

  it('forgets deleted pods wherever they wait, also while they are tried', () => {
    const { queue } = make();
    queue.set(info('p'), undefined, false);
    const tried = queue.pop()!;
    queue.delete('default/p');
    queue.refused(tried, new Set());
    queue.failed(tried);
    queue.set(info('q'), undefined, false);
    queue.delete('default/q');
    expect(queue.counts()).toEqual({ active: 0, backoff: 0, unschedulable: 0, gated: 0, 'in-flight': 0 });
    queue.close();
  });
});
