import { SpanKind } from '@opentelemetry/api';
import { Attr } from './names.ts';
import type { TraceRing } from './ring.ts';
import type { SpanRecord } from './record.ts';

/** Which traces to look for. */
export interface TraceQuery {
  readonly traceId?: string | undefined;
  /** Plural resource (`deployments`) or kind (`Deployment`), any case. */
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Most traces in the answer, newest first; default 1. */
  readonly limit?: number | undefined;
}

/** One trace with those that link into it. */
export interface FoundTrace {
  readonly traceId: string;
  readonly spans: readonly SpanRecord[];
}

/** The answer of `/debug/keelson/traces`. */
export interface TraceAnswer {
  readonly traces: readonly FoundTrace[];
  /** Spans held and evicted so far, to tell "never there" from "gone already". */
  readonly held: number;
  readonly evicted: number;
}

const mutating = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Finds the newest traces about an object. Traces that begin with a write to that object come before those that only
 * pass by it, so `keelson trace deploy/x` shows the apply and not the last status update.
 */
export function queryTraces(ring: TraceRing, query: TraceQuery): TraceAnswer {
  const limit = Math.max(1, Math.min(100, query.limit ?? 1));
  const ids = query.traceId !== undefined ? [query.traceId] : rankedTraces(ring, query).slice(0, limit);
  const linkedTo = linksByTarget(ring);
  const traces = ids.map((traceId) => ({ traceId, spans: withLinked(ring, traceId, linkedTo) })).filter((found) => found.spans.length > 0);
  return { traces, held: ring.size, evicted: ring.dropped };
}

/** Reads the query of the endpoint's URL. */
export function traceQueryFrom(params: URLSearchParams): TraceQuery {
  const limit = Number(params.get('limit') ?? '1');
  return {
    traceId: params.get('traceId') ?? undefined,
    kind: params.get('kind') ?? undefined,
    namespace: params.get('namespace') ?? undefined,
    name: params.get('name') ?? undefined,
    limit: Number.isInteger(limit) && limit > 0 ? limit : 1,
  };
}

function rankedTraces(ring: TraceRing, query: TraceQuery): string[] {
  const best = new Map<string, { rank: number; start: number; seq: number }>();
  for (const span of ring.all()) {
    if (!isAbout(span, query)) continue;
    const rank = rankOf(span);
    const known = best.get(span.traceId);
    if (!known || rank > known.rank || (rank === known.rank && span.seq > known.seq)) best.set(span.traceId, { rank, start: span.start, seq: span.seq });
  }
  return [...best].sort(([, a], [, b]) => b.rank - a.rank || b.start - a.start || b.seq - a.seq).map(([traceId]) => traceId);
}

/** 2: a write by a client, which began the trace, by itself or among the others of one command; 1: a reconcile of the object; 0: anything else. */
function rankOf(span: SpanRecord): number {
  const isWrite = span.kind === SpanKind.SERVER && mutating.has(String(span.attributes[Attr.httpMethod] ?? span.name.split(' ', 1)[0]));
  if (isWrite && (span.parentSpanId === undefined || span.attributes[Attr.clientCommand] !== undefined)) return 2;
  return span.kind === SpanKind.CONSUMER ? 1 : 0;
}

function isAbout(span: SpanRecord, query: TraceQuery): boolean {
  const { attributes } = span;
  if (query.name !== undefined && (attributes[Attr.objectName] ?? attributes[Attr.podName]) !== query.name) return false;
  if (query.namespace !== undefined && (attributes[Attr.objectNamespace] ?? attributes[Attr.namespaceName]) !== query.namespace) return false;
  if (query.kind === undefined) return true;
  const wanted = query.kind.toLowerCase();
  const kind = String(attributes[Attr.objectKind] ?? '').toLowerCase();
  const resource = String(attributes[Attr.resource] ?? '').toLowerCase();
  return kind === wanted || resource === wanted || resource.split(/[./]/, 1)[0] === wanted;
}

/** Spans that link to a trace, by that trace. */
function linksByTarget(ring: TraceRing): ReadonlyMap<string, ReadonlySet<string>> {
  const linkedTo = new Map<string, Set<string>>();
  for (const span of ring.all()) {
    for (const link of span.links) {
      if (link.traceId === span.traceId) continue;
      const sources = linkedTo.get(link.traceId) ?? new Set();
      linkedTo.set(link.traceId, sources.add(span.traceId));
    }
  }
  return linkedTo;
}

/** The trace and those that continue it by a link; at most sixteen, so that one busy object does not print the whole ring. */
function withLinked(ring: TraceRing, traceId: string, linkedTo: ReadonlyMap<string, ReadonlySet<string>>): readonly SpanRecord[] {
  const wanted = new Set([traceId]);
  for (const id of wanted) for (const next of linkedTo.get(id) ?? []) if (wanted.size < 16) wanted.add(next);
  return [...wanted].flatMap((id) => ring.trace(id));
}
