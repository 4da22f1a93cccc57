import { createTraceState, type SpanContext } from '@opentelemetry/api';
import { causeMaxAge, causeMaxHops, formatTraceparent, formatTracestate, hopsOf, linksAndParent, nextHop, parseTraceparent } from './cause.ts';

const context = (n: number, state?: string): SpanContext => ({
  traceId: n.toString(16).padStart(32, '0'),
  spanId: n.toString(16).padStart(16, '0'),
  traceFlags: 1,
  ...(state ? { traceState: createTraceState(state) } : {}),
});

describe('traceparent', () => {
  it('survives the round trip with other vendors’ state', () => {
    const state = 'keelson=h:3,other=x';
    const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const parsed = parseTraceparent(header, state)!;
    expect(formatTraceparent(parsed)).toBe(header);
    expect(formatTracestate(parsed)).toBe(state);
    expect(hopsOf(parsed)).toBe(3);
  });

  it.each([
    ['empty', ''],
    ['upper case', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'],
    ['zero trace', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['zero span', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
    ['version ff', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['version 00 with a fifth field', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x'],
    ['short', '00-0af7-b7ad-01'],
  ])('rejects a header that is %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('accepts further fields of a later version', () => {
    expect(parseTraceparent('01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x')?.spanId).toBe('b7ad6b7169203331');
  });

  it('gives no header for an invalid context', () => {
    expect(formatTraceparent({ traceId: '0'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 })).toBeUndefined();
  });
});

describe('hops', () => {
  it('counts from nothing and keeps the rest of the state', () => {
    expect(hopsOf(nextHop(context(1)))).toBe(1);
    const next = nextHop(context(1, 'other=x,keelson=h:7'));
    expect(hopsOf(next)).toBe(8);
    expect(next.traceState?.get('other')).toBe('x');
  });

  it('takes a state that is not ours for zero', () => {
    expect(hopsOf(context(1, 'keelson=h:many'))).toBe(0);
  });
});

describe('linksAndParent', () => {
  const now = 1_000_000_000;

  it('starts a new root without a cause', () => {
    expect(linksAndParent([], now)).toEqual({ parent: 'root', links: [] });
  });

  it('makes the newest live cause the parent and links the others', () => {
    const { parent, links } = linksAndParent([{ span: context(1), at: now - 5 }, { span: context(2), at: now - 1 }, { span: context(3), at: now - 9 }], now);
    expect(parent).toMatchObject({ spanId: context(2).spanId });
    expect(hopsOf(parent as SpanContext)).toBe(1);
    expect(links.map((link) => link.context.spanId)).toEqual([context(1).spanId, context(3).spanId]);
  });

  it('takes the later mention on equal times', () => {
    const { parent } = linksAndParent([{ span: context(1), at: now }, { span: context(2), at: now }], now);
    expect(parent).toMatchObject({ spanId: context(2).spanId });
  });

  it('only links a cause that is too old, and starts a new root', () => {
    const atLimit = linksAndParent([{ span: context(1), at: now - causeMaxAge }], now);
    expect(atLimit.parent).not.toBe('root');
    const { parent, links } = linksAndParent([{ span: context(1), at: now - causeMaxAge - 1 }], now);
    expect(parent).toBe('root');
    expect(links).toHaveLength(1);
  });

  it('only links a cause that is too far from its root', () => {
    const last = linksAndParent([{ span: context(1, `keelson=h:${causeMaxHops - 1}`), at: now }], now);
    expect(hopsOf(last.parent as SpanContext)).toBe(causeMaxHops);
    const { parent, links } = linksAndParent([{ span: context(1, `keelson=h:${causeMaxHops}`), at: now }], now);
    expect(parent).toBe('root');
    expect(links).toHaveLength(1);
  });

  it('falls back to an older live cause when the newest is too deep', () => {
    const { parent } = linksAndParent([{ span: context(1), at: now - 5 }, { span: context(2, 'keelson=h:99'), at: now }], now);
    expect(parent).toMatchObject({ spanId: context(1).spanId });
  });

  it('counts a span once and skips invalid contexts', () => {
    const invalid = { traceId: '', spanId: '', traceFlags: 0 };
    const { links } = linksAndParent([{ span: context(1), at: 1 }, { span: context(1), at: now }, { span: invalid, at: now }], now);
    expect(links).toEqual([]);
  });

  it('bounds the links', () => {
    const causes = Array.from({ length: 100 }, (_, i) => ({ span: context(i + 1), at: now - i }));
    expect(linksAndParent(causes, now).links).toHaveLength(32);
  });

  it('links everything when the relation asks for it', () => {
    const { parent, links } = linksAndParent([{ span: context(1), at: now }], now, 'link');
    expect(parent).toBe('root');
    expect(links).toHaveLength(1);
  });
});
