import { canonicalMicroTime, canonicalTime, formatDuration, formatMicroTime, formatTime, parseDuration, parseTime } from './index.ts';

describe('durations', () => {
  it.each([['1h30m', 5_400_000], ['1.5s', 1500], ['-10ms', -10], ['0', 0], ['300us', 0.3], ['1m0.5s', 60_500], ['.5s', 500]])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
  });

  it.each(['', '1', 's', '1x', '1h 2m', '--1s'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([[0, '0s'], [5_400_000, '1h30m0s'], [1500, '1.5s'], [60_000, '1m0s'], [-10, '-10ms'], [0.3, '300µs'], [86_400_000, '24h0m0s']])('%d ms is written %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
  });
});

describe('times', () => {
  it('are kept in UTC', () => {
    expect(canonicalTime('2026-01-02T03:04:05.999+01:00')).toBe('2026-01-02T02:04:05Z');
    expect(canonicalTime('2026-01-02T03:04:05Z')).toBe('2026-01-02T03:04:05Z');
    expect(canonicalMicroTime('2026-01-02T03:04:05.123456789+01:00')).toBe('2026-01-02T02:04:05.123456Z');
    expect(canonicalMicroTime('2026-01-02T03:04:05Z')).toBe('2026-01-02T03:04:05.000000Z');
    expect(formatTime(0)).toBe('1970-01-01T00:00:00Z');
    expect(formatMicroTime(1.25)).toBe('1970-01-01T00:00:00.001250Z');
    expect(formatMicroTime(1.9999)).toBe('1970-01-01T00:00:00.002000Z');
  });

  it.each(['2026-01-02', 'now', '2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01 00:00:00Z'])('%j is none', (text) => {
    expect(parseTime(text)).toBeUndefined();
    expect(canonicalTime(text)).toBeUndefined();
  });
});
