import type { Clock } from '@keelson/sdk';
import { SpanForwarder } from './span-forwarder.ts';
import type { SpanRecord } from './record.ts';

const spanNamed = (name: string): SpanRecord => ({ name }) as SpanRecord;
const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** Timers that fire when told. */
function manualClock() {
  const timers: { ms: number; fn: () => void; live: boolean }[] = [];
  const clock = {
    after(ms: number, fn: () => void) {
      const timer = { ms, fn, live: true };
      timers.push(timer);
      return { cancel: () => (timer.live = false) };
    },
  } as unknown as Clock;
  return { clock, timers, async fire() { const due = timers.splice(0).filter(({ live }) => live); for (const { fn } of due) fn(); await settled(); return due.map(({ ms }) => ms); } };
}

describe('SpanForwarder', () => {
  it('sends in batches, keeps what could not be sent and says so once', async () => {
    const { clock, fire } = manualClock();
    const sent: string[][] = [];
    const errors: string[] = [];
    let away = true;
    const forwarder = new SpanForwarder({
      clock, onError: (error) => errors.push(error.message),
      send: (spans) => (away ? Promise.reject(new Error('away')) : (sent.push(spans.map(({ name }) => name)), Promise.resolve())),
    });
    forwarder.add(spanNamed('a'));
    forwarder.add(spanNamed('b'));
    expect(await fire()).toEqual([200]);
    forwarder.add(spanNamed('c'));
    expect(await fire()).toEqual([2000]);
    expect(errors).toEqual(['away']);
    away = false;
    expect(await fire()).toEqual([2000]);
    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(await fire()).toEqual([]);
  });

  it('is bounded: the oldest leave', async () => {
    const { clock } = manualClock();
    const sent: string[] = [];
    const forwarder = new SpanForwarder({ clock, limit: 2, onError: () => undefined, send: (spans) => (sent.push(...spans.map(({ name }) => name)), Promise.resolve()) });
    for (const name of ['a', 'b', 'c']) forwarder.add(spanNamed(name));
    await forwarder.close();
    forwarder.add(spanNamed('late'));
    await forwarder.close();
    expect(sent).toEqual(['b', 'c']);
  });
});
