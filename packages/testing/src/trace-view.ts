import { findPath, queryTraces, renderTrace, type PathStep, type SpanRecord, type TraceQuery, type Tracing } from '@keelson/telemetry';

/** What a test asks of a cluster's traces. */
export class TraceView {
  constructor(private readonly tracing: Tracing) {}

  /** Spans of the newest trace about an object, oldest first; empty if there is none. */
  of(query: TraceQuery): readonly SpanRecord[] {
    return queryTraces(this.tracing.ring, query).traces[0]?.spans ?? [];
  }

  /**
   * Every span that is kept, one JSON line each in the order in which they ended: what equal seeds must make equal.
   * Stacks of exceptions are left out; they show the engine's own frames, which differ as it warms up.
   */
  text(): string {
    return [...this.tracing.ring.all()].map((span) => JSON.stringify(span, (key, value: unknown) => (key === 'exception.stacktrace' ? undefined : value))).join('\n');
  }

  /** The trees of the newest spans, for the message of a test that failed. */
  render(newest = 150): string {
    const spans = [...this.tracing.ring.all()];
    return spans.length === 0 ? 'no spans' : renderTrace(spans.slice(-newest), { maxLines: newest });
  }

  /**
   * Passes if some trace (about the object, if one is named) holds spans of these names, each following from the one
   * before. Errors: an `Error` with the span tree and the first step that is missing.
   */
  expectPath(steps: readonly PathStep[], about: TraceQuery = {}): readonly SpanRecord[] {
    const traces = queryTraces(this.tracing.ring, { limit: 100, ...about }).traces;
    let nearest: { readonly missing: PathStep; readonly reached: number; readonly spans: readonly SpanRecord[] } | undefined;
    for (const { spans } of traces) {
      const result = findPath(spans, steps);
      if (result.found) return result.path;
      if (nearest === undefined || result.reached.length > nearest.reached) nearest = { missing: result.missing, reached: result.reached.length, spans };
    }
    const wanted = steps.map(String).join(' → ');
    if (nearest === undefined) throw new Error(`no trace at all where ${wanted} was expected`);
    throw new Error(`no trace goes ${wanted}; the nearest one stops before "${String(nearest.missing)}":\n${renderTrace(nearest.spans)}`);
  }
}
