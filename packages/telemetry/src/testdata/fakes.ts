import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Clock, Random } from '@keelson/sdk';
import type { SpanRecord } from '../record.ts';

/** A clock that stands where the test puts it. */
export function standingClock(start = 1_700_000_000_000): Clock & { at: number } {
  return {
    at: start,
    now() {
      return this.at;
    },
    monotonic() {
      return this.at - start;
    },
    after: () => ({ cancel: () => undefined }),
    sleep: () => Promise.resolve(),
  };
}

/** A small seeded generator (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, int: (bound) => Math.floor(next() * bound), uuid: () => 'not needed', fork: (label) => seededRandom(seed + label.length) };
}

/** A finished span with short ids: `span('b', { parent: 'a' })`. */
export function span(id: string, options: Partial<Omit<SpanRecord, 'links'>> & { parent?: string; trace?: string; links?: readonly [trace: string, span: string][] } = {}): SpanRecord {
  const { parent, trace, links, ...rest } = options;
  return {
    traceId: trace ?? 't1',
    spanId: id,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name: id,
    kind: SpanKind.INTERNAL,
    scope: 'test',
    seq: 0,
    start: 0,
    end: 1,
    attributes: {},
    events: [],
    status: { code: SpanStatusCode.UNSET },
    links: (links ?? []).map(([traceId, spanId]) => ({ traceId, spanId })),
    ...rest,
  };
}
