import { createTraceState, isSpanContextValid, TraceFlags, type Link, type SpanContext } from '@opentelemetry/api';

/** Span in which a write happened, with the wall time (milliseconds) of that write. */
export interface Cause {
  readonly span: SpanContext;
  readonly at: number;
}

/** How a consumer's span relates to the writes that woke it. */
export interface Relation {
  /** `'root'`: start a new trace. */
  readonly parent: SpanContext | 'root';
  readonly links: readonly Link[];
}

/** A cause older than this (milliseconds) is only linked, so that old objects do not grow old traces. */
export const causeMaxAge = 10 * 60_000;
/** A cause this many hops from its root is only linked, which cuts feedback loops. */
export const causeMaxHops = 32;
/** Most links of one span; the newest causes win. */
export const causeMaxLinks = 32;

const stateKey = 'keelson';
const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Hops between the root of the trace and this context; 0 where nobody counted. */
export function hopsOf(span: SpanContext): number {
  const match = /^h:(\d{1,6})$/.exec(span.traceState?.get(stateKey) ?? '');
  return match ? Number(match[1]) : 0;
}

/** The same context, one hop further from its root; other vendors' `tracestate` members are kept. */
export function nextHop(span: SpanContext): SpanContext {
  return { ...span, traceState: (span.traceState ?? createTraceState()).set(stateKey, `h:${hopsOf(span) + 1}`) };
}

/** W3C `traceparent` of a context, or undefined for an invalid one. */
export function formatTraceparent(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}

/** W3C `tracestate` of a context, or undefined when it has none. */
export function formatTracestate(span: SpanContext): string | undefined {
  return span.traceState?.serialize() || undefined;
}

/** Reads W3C trace context headers; undefined when they are malformed (https://www.w3.org/TR/trace-context/#traceparent-header). */
export function parseTraceparent(traceparent: string | undefined, tracestate?: string): SpanContext | undefined {
  const match = traceparentPattern.exec(traceparent ?? '');
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  // Version 00 has exactly four fields; later ones may append, ff is forbidden.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  const span: SpanContext = {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate ? { traceState: createTraceState(tracestate) } : {}),
  };
  return isSpanContextValid(span) ? span : undefined;
}

/**
 * The parent-or-link rule: the newest live cause is the parent, the others are links; causes that are too old or too
 * far from their root are links only. No cause at all gives a new root. With `relation: 'link'` every cause is a link.
 */
export function linksAndParent(causes: readonly Cause[], now: number, relation: 'parent' | 'link' = 'parent'): Relation {
  const newestFirst = distinct(causes).sort((a, b) => b.at - a.at);
  const parent = relation === 'link' ? undefined : newestFirst.find((cause) => now - cause.at <= causeMaxAge && hopsOf(cause.span) < causeMaxHops);
  const links = newestFirst
    .filter((cause) => cause !== parent)
    .slice(0, causeMaxLinks)
    .map((cause): Link => ({ context: cause.span }));
  return { parent: parent ? nextHop(parent.span) : 'root', links };
}

/** One cause per span, the latest mention wins; later mentions come first, so that a stable sort prefers them on equal times. */
function distinct(causes: readonly Cause[]): Cause[] {
  const seen = new Map<string, Cause>();
  for (const cause of causes) {
    if (!isSpanContextValid(cause.span)) continue;
    const id = `${cause.span.traceId}${cause.span.spanId}`;
    const known = seen.get(id);
    if (known && known.at > cause.at) continue;
    seen.delete(id);
    seen.set(id, cause);
  }
  return [...seen.values()].reverse();
}
