import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { activeSpanContext, noopTracer, runCausedBy, runDetached, withSpan } from './context.ts';
import { registerContextManager } from './provider.ts';
import { dropSpan } from './recorded-span.ts';
import type { SpanRecord } from './record.ts';
import { SpanRecorder } from './recorder.ts';
import { seededRandom, standingClock } from './testdata/fakes.ts';

registerContextManager();

function recorder(seed = 1, sampling = { ratio: 1, parentBased: true }) {
  const clock = standingClock();
  const spans: SpanRecord[] = [];
  const tracer = new SpanRecorder({ clock, random: seededRandom(seed), sampling, sink: (span) => spans.push(span) }).tracer('@keelson/test');
  return { clock, spans, tracer };
}

describe('SpanRecorder', () => {
  it('gives the same spans for the same seed and clock, and others for another seed', () => {
    const run = (seed: number): SpanRecord[] => {
      const { tracer, clock, spans } = recorder(seed);
      withSpan(tracer, 'outer', { attributes: { a: 1 } }, () => {
        clock.at += 5;
        withSpan(tracer, 'inner', {}, () => undefined);
      });
      return spans;
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)[0]!.traceId).not.toBe(run(8)[0]!.traceId);
  });

  it('takes times from the clock', () => {
    const { tracer, clock, spans } = recorder();
    const started = clock.at;
    const span = tracer.startSpan('x');
    clock.at += 250;
    span.end();
    expect(spans[0]).toMatchObject({ start: started, end: started + 250, scope: '@keelson/test' });
  });

  it('nests across promises', async () => {
    const { tracer, spans } = recorder();
    await withSpan(tracer, 'outer', {}, async () => {
      await Promise.resolve();
      await withSpan(tracer, 'inner', {}, async () => Promise.resolve());
    });
    const [inner, outer] = spans;
    expect(inner).toMatchObject({ name: 'inner', parentSpanId: outer!.spanId, traceId: outer!.traceId });
    expect(outer!.parentSpanId).toBeUndefined();
  });

  it('carries a stored cause and forgets it again', () => {
    const { tracer, spans } = recorder();
    const cause = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    runCausedBy(cause, () => {
      expect(activeSpanContext()).toMatchObject(cause);
      withSpan(tracer, 'caused', {}, () => undefined);
      runDetached(() => withSpan(tracer, 'detached', {}, () => undefined));
      withSpan(tracer, 'root', { parent: 'root' }, () => undefined);
    });
    expect(spans.map((span) => span.parentSpanId)).toEqual([cause.spanId, undefined, undefined]);
    expect(activeSpanContext()).toBeUndefined();
  });

  it('marks failures of functions and of promises, and passes the error on', async () => {
    const { tracer, spans } = recorder();
    const fault = Object.assign(new Error('no such pod'), { code: 'KEEL_X' });
    expect(() => withSpan(tracer, 'sync', {}, () => { throw fault; })).toThrow(fault);
    await expect(withSpan(tracer, 'async', {}, () => Promise.reject(fault))).rejects.toBe(fault);
    for (const span of spans) {
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such pod' });
      expect(span.events[0]).toMatchObject({ name: 'exception', attributes: { 'exception.type': 'KEEL_X' } });
    }
    expect(spans).toHaveLength(2);
  });

  it('drops a span, ends only once, and takes nothing after the end', () => {
    const { tracer, spans } = recorder();
    dropSpan(tracer.startSpan('idle'));
    const span = tracer.startSpan('kept', { kind: SpanKind.CONSUMER });
    span.end();
    span.setAttribute('late', true);
    span.end();
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'kept', kind: SpanKind.CONSUMER, attributes: {} });
  });

  it('bounds attributes, links, events and text', () => {
    const { tracer, spans } = recorder();
    const span = tracer.startSpan('big');
    for (let i = 0; i < 300; i++) {
      span.setAttribute(`k${i}`, 'x'.repeat(10_000)).addEvent('e');
      span.addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } });
    }
    span.end();
    expect(Object.keys(spans[0]!.attributes)).toHaveLength(128);
    expect(spans[0]!.attributes['k0']).toHaveLength(4096);
    expect([spans[0]!.events.length, spans[0]!.links.length]).toEqual([128, 128]);
  });

  it('follows the decision of the parent and records nothing when not sampled', () => {
    const { tracer, spans } = recorder(1, { ratio: 1, parentBased: true });
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 });
    const span = tracer.startSpan('x', {}, unsampled);
    expect(span.isRecording()).toBe(false);
    expect(span.spanContext()).toMatchObject({ traceId: 'a'.repeat(32), traceFlags: 0 });
    span.end();
    expect(spans).toEqual([]);
  });

  it('samples about the share asked for', () => {
    const { tracer, spans } = recorder(3, { ratio: 0.25, parentBased: true });
    for (let i = 0; i < 2000; i++) tracer.startSpan('x').end();
    expect(spans.length).toBeGreaterThan(400);
    expect(spans.length).toBeLessThan(600);
  });

  it('supports every form of startActiveSpan', () => {
    const { tracer, spans } = recorder();
    tracer.startActiveSpan('a', (span) => span.end());
    tracer.startActiveSpan('b', { attributes: { x: 1 } }, (span) => span.end());
    const parent = trace.setSpanContext(context.active(), { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 });
    const answer = tracer.startActiveSpan('c', {}, parent, (span) => {
      span.end();
      return 42;
    });
    expect(answer).toBe(42);
    expect(spans.map((span) => [span.name, span.parentSpanId])).toEqual([['a', undefined], ['b', undefined], ['c', 'c'.repeat(16)]]);
  });
});

describe('noopTracer', () => {
  it('calls straight through', () => {
    const answer = withSpan(noopTracer, 'x', {}, (span) => {
      expect(span.isRecording()).toBe(false);
      expect(activeSpanContext()).toBeUndefined();
      return 'ok';
    });
    expect(answer).toBe('ok');
    expect(noopTracer.startActiveSpan('y', (span) => span.isRecording())).toBe(false);
  });
});
