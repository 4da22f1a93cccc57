import { TraceFlags, type SpanContext } from '@opentelemetry/api';

/** Head sampling as the `OTEL_TRACES_SAMPLER` names describe it. */
export interface Sampling {
  /** Share of root spans that are recorded, 0 to 1; decided by the trace id, so that all processes agree. */
  readonly ratio: number;
  /** Follow the parent's decision where there is a parent. */
  readonly parentBased: boolean;
}

/** Records everything, unless the caller's trace is not sampled. */
export const sampleAll: Sampling = Object.freeze({ ratio: 1, parentBased: true });

/** Says whether a span is recorded. */
export function isSampled(sampling: Sampling, traceId: string, parent: SpanContext | undefined): boolean {
  if (sampling.parentBased && parent !== undefined) return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
  if (sampling.ratio >= 1) return true;
  // The low 56 bits are the random part of a W3C level 2 trace id.
  return Number.parseInt(traceId.slice(-14), 16) < sampling.ratio * 2 ** 56;
}
