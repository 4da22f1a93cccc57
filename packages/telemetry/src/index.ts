export { Attr, SpanName } from './names.ts';
export type { Outcome } from './names.ts';
export {
  causeMaxAge, causeMaxHops, causeMaxLinks, formatTraceparent, formatTracestate, hopsOf, linksAndParent, nextHop, parseTraceparent,
} from './cause.ts';
export type { Cause, Relation } from './cause.ts';
export { activeSpanContext, failSpan, noopSpan, noopTracer, runCausedBy, runDetached, runIn, startSpan, withSpan } from './context.ts';
export type { WithSpanOptions } from './context.ts';
export { dropSpan } from './recorded-span.ts';
export { SpanRecorder } from './recorder.ts';
export type { RecorderOptions } from './recorder.ts';
export type { AttributeValue, SpanRecord, SpanRecordEvent, SpanRecordLink, SpanSink } from './record.ts';
export { isSampled, sampleAll } from './sampler.ts';
export type { Sampling } from './sampler.ts';
export { TraceRing, byStart } from './ring.ts';
export type { RingLimits } from './ring.ts';
export { createTracing, registerContextManager } from './provider.ts';
export type { Tracing, TracingOptions } from './provider.ts';
export { settingsFrom } from './settings.ts';
export type { Environment, ExportSettings, TelemetrySettings } from './settings.ts';
export { buildTree, walk } from './tree.ts';
export type { TraceNode } from './tree.ts';
export { findPath } from './find-path.ts';
export type { PathResult, PathStep } from './find-path.ts';
export { formatDuration, objectOf, renderTrace } from './render.ts';
export type { RenderOptions } from './render.ts';
export { queryTraces, traceQueryFrom } from './query.ts';
export type { FoundTrace, TraceAnswer, TraceQuery } from './query.ts';
