// Stands in for the OpenTelemetry API in the build without tracing: nothing is ever active and nothing is looked up.
const nothing = Object.freeze({});
const span = {
  end: () => undefined, setAttribute: () => span, setAttributes: () => span, setStatus: () => span, addEvent: () => span, addLink: () => span,
  recordException: () => undefined, updateName: () => span, isRecording: () => false, spanContext: () => INVALID_SPAN_CONTEXT,
};
export const INVALID_SPAN_CONTEXT = Object.freeze({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
export const ROOT_CONTEXT = nothing;
export const SpanKind = Object.freeze({ INTERNAL: 0, SERVER: 1, CLIENT: 2, PRODUCER: 3, CONSUMER: 4 });
export const SpanStatusCode = Object.freeze({ UNSET: 0, OK: 1, ERROR: 2 });
export const TraceFlags = Object.freeze({ NONE: 0, SAMPLED: 1 });
export const context = Object.freeze({
  active: () => nothing,
  with: (_context: unknown, fn: () => unknown) => fn(),
  bind: (_context: unknown, fn: unknown) => fn,
  setGlobalContextManager: () => false,
});
export const trace = Object.freeze({
  getActiveSpan: () => undefined, getSpan: () => undefined, getSpanContext: () => undefined,
  setSpan: () => nothing, setSpanContext: () => nothing, deleteSpan: () => nothing,
  wrapSpanContext: () => span, isSpanContextValid: () => false,
});
export const isSpanContextValid = (): boolean => false;
export const createTraceState = (): undefined => undefined;
