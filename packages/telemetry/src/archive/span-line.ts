import type { SpanRecord } from '../record.ts';

/** One span as one line of JSON, with its line break. */
export function lineOf(span: SpanRecord): string {
  return `${JSON.stringify(span)}\n`;
}

/** The span of a line; undefined for a line that was cut off or that another version wrote in another form. */
export function spanOf(line: string): SpanRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<SpanRecord> | null;
    return value !== null && isSpan(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSpan(value: Partial<SpanRecord>): value is SpanRecord {
  const { traceId, spanId, name, scope, kind, seq, start, end, attributes, links, events, status } = value;
  return [traceId, spanId, name, scope].every((text) => typeof text === 'string')
    && [kind, seq, start, end].every((number) => typeof number === 'number')
    && typeof attributes === 'object' && Array.isArray(links) && Array.isArray(events) && typeof status?.code === 'number';
}
