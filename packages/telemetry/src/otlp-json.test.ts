import { SpanKind } from '@opentelemetry/api';
import { OtlpError, decodeOtlp, encodeOtlp } from './otlp-json.ts';
import type { SpanRecord } from './record.ts';

const span: SpanRecord = {
  traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', parentSpanId: '00f067aa0ba902b7',
  name: 'sync pod', kind: SpanKind.CONSUMER, scope: '@keelson/node', seq: 0, start: 1_700_000_000_123.456, end: 1_700_000_000_200.5,
  attributes: { 'k8s.pod.name': 'web', count: 3, ratio: 0.5, ok: true, list: ['a', 'b'] },
  links: [{ traceId: '0af7651916cd43dd8448eb211c80319d', spanId: 'b7ad6b7169203332', attributes: {} }],
  events: [{ name: 'exception', at: 1_700_000_000_150, attributes: { 'exception.message': 'x' } }],
  status: { code: 2, message: 'failed' }, traceState: 'keelson=h:3',
};

describe('OTLP in JSON', () => {
  it('gives back what it took', () => {
    let seq = 7;
    const [back, second] = decodeOtlp(JSON.parse(encodeOtlp([span, { ...span, scope: 'other', spanId: 'b7ad6b7169203339' }], { 'service.name': 'node' })), () => seq++);
    expect(back).toEqual({ ...span, seq: 7, start: expect.closeTo(span.start, 3) as number });
    expect(second).toMatchObject({ scope: 'other', spanId: 'b7ad6b7169203339', seq: 8 });
  });

  it.each([
    ['no object', [], 'body: expected an object'],
    ['a text for a list', { resourceSpans: 'x' }, 'resourceSpans: expected a list'],
    ['a short id', { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'abc', startTimeUnixNano: '1', endTimeUnixNano: '1' }] }] }] }, 'resourceSpans[0].scopeSpans[0].spans[0].traceId: expected 32 hexadecimal digits'],
    ['no time', { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: span.traceId, spanId: span.spanId, name: 'x' }] }] }] }, 'startTimeUnixNano: expected nanoseconds'],
  ])('names what is wrong: %s', (_title, body, message) => {
    expect(() => decodeOtlp(body, () => 0)).toThrow(OtlpError);
    expect(() => decodeOtlp(body, () => 0)).toThrow(message);
  });

  it('takes a request with nothing in it', () => {
    expect(decodeOtlp({}, () => 0)).toEqual([]);
  });
});
