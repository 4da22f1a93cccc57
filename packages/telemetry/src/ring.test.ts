import { TraceRing } from './ring.ts';
import { span } from './testdata/fakes.ts';

describe('TraceRing', () => {
  it('finds the spans of a trace by start time', () => {
    const ring = new TraceRing();
    ring.add(span('b', { start: 5 }));
    ring.add(span('x', { trace: 't2' }));
    ring.add(span('a', { start: 1 }));
    expect(ring.trace('t1').map((found) => found.spanId)).toEqual(['a', 'b']);
    expect(ring.trace('nobody')).toEqual([]);
  });

  it('keeps the newest spans within the count, and forgets empty traces', () => {
    const ring = new TraceRing({ spans: 3 });
    for (let i = 0; i < 10_000; i++) ring.add(span(`s${i}`, { trace: `t${i % 5}` }));
    expect(ring.size).toBe(3);
    expect(ring.dropped).toBe(9997);
    expect([...ring.all()].map((kept) => kept.spanId)).toEqual(['s9997', 's9998', 's9999']);
    expect(ring.trace('t1')).toEqual([]);
    expect(ring.trace('t4').map((kept) => kept.spanId)).toEqual(['s9999']);
  });

  it('keeps within the bytes, whatever the count', () => {
    const ring = new TraceRing({ bytes: 100_000 });
    for (let i = 0; i < 1000; i++) ring.add(span(`s${i}`, { attributes: { text: 'x'.repeat(4000) } }));
    expect(ring.bytes).toBeLessThanOrEqual(100_000);
    expect(ring.size).toBeGreaterThan(10);
    expect(ring.size).toBeLessThan(30);
  });

  it('evicts inside one long trace, oldest first', () => {
    const ring = new TraceRing({ spans: 100 });
    for (let i = 0; i < 5000; i++) ring.add(span(`s${i}`, { start: i }));
    const kept = ring.trace('t1');
    expect([kept.length, kept[0]!.spanId, kept.at(-1)!.spanId]).toEqual([100, 's4900', 's4999']);
  });

  it('tells listeners until they stop', () => {
    const ring = new TraceRing();
    const seen: string[] = [];
    const stop = ring.onSpan((added) => seen.push(added.spanId));
    ring.add(span('a'));
    stop();
    ring.add(span('b'));
    expect(seen).toEqual(['a']);
  });

  it('is empty and without bytes after clear', () => {
    const ring = new TraceRing();
    ring.add(span('a'));
    ring.clear();
    expect([ring.size, ring.bytes, [...ring.all()]]).toEqual([0, 0, []]);
  });
});
