import { SpanKind } from '@opentelemetry/api';
import { queryTraces, traceQueryFrom } from './query.ts';
import { TraceRing } from './ring.ts';
import { span } from './testdata/fakes.ts';

function ringWithApplyAndStatus(): TraceRing {
  const ring = new TraceRing();
  const about = { 'keelson.object.namespace': 'default', 'keelson.object.name': 'web', 'keelson.resource': 'deployments.apps' };
  ring.add(span('old', { trace: 'first', name: 'POST x', kind: SpanKind.SERVER, start: 1, seq: 1, attributes: about }));
  ring.add(span('new', { trace: 'second', name: 'PATCH x', kind: SpanKind.SERVER, start: 5, seq: 2, attributes: about }));
  ring.add(span('later', { trace: 'third', name: 'reconcile deployment', kind: SpanKind.CONSUMER, start: 9, seq: 3, attributes: { ...about, 'keelson.object.kind': 'Deployment' } }));
  ring.add(span('linked', { trace: 'fourth', name: 'sync pod', start: 9, seq: 4, links: [['second', 'new']] }));
  return ring;
}

describe('queryTraces', () => {
  it('prefers the newest write by a client to a later reconcile, and brings linked traces along', () => {
    const answer = queryTraces(ringWithApplyAndStatus(), { kind: 'deployments', namespace: 'default', name: 'web' });
    expect(answer.traces).toHaveLength(1);
    expect(answer.traces[0]!.traceId).toBe('second');
    expect(answer.traces[0]!.spans.map((found) => found.spanId)).toEqual(['new', 'linked']);
    expect(answer).toMatchObject({ held: 4, evicted: 0 });
  });

  it('lists several, newest write first', () => {
    const answer = queryTraces(ringWithApplyAndStatus(), { name: 'web', limit: 10 });
    expect(answer.traces.map((found) => found.traceId)).toEqual(['second', 'first', 'third']);
  });

  it('finds by kind in any case, by trace id, and nothing for a stranger', () => {
    const ring = ringWithApplyAndStatus();
    expect(queryTraces(ring, { kind: 'deployment', name: 'web' }).traces.map((found) => found.traceId)).toEqual(['third']);
    expect(queryTraces(ring, { traceId: 'first' }).traces[0]!.spans).toHaveLength(1);
    expect(queryTraces(ring, { traceId: 'none' }).traces).toEqual([]);
    expect(queryTraces(ring, { name: 'web', namespace: 'other' }).traces).toEqual([]);
  });

  it('reads a URL and ignores a bad limit', () => {
    expect(traceQueryFrom(new URLSearchParams('kind=pods&name=a&limit=-3'))).toEqual({ traceId: undefined, kind: 'pods', namespace: undefined, name: 'a', limit: 1 });
  });
});
