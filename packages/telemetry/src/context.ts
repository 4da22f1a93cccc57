import {
  context, INVALID_SPAN_CONTEXT, isSpanContextValid, ROOT_CONTEXT, SpanStatusCode, trace,
  type Attributes, type Context, type Link, type Span, type SpanContext, type SpanKind, type Tracer,
} from '@opentelemetry/api';
import { RecordedSpan } from './recorded-span.ts';

/** The plugin whose span is active; undefined without tracing. Also tells in an `uncaughtException` where it came from. */
export function activeOwner(): string | undefined {
  const span = trace.getActiveSpan();
  return span instanceof RecordedSpan ? span.owner : undefined;
}

/** What `withSpan` needs beside the name. */
export interface WithSpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Absent: the active span; `'root'`: a new trace. */
  readonly parent?: SpanContext | 'root' | undefined;
  readonly links?: readonly Link[];
  /** Wall time, milliseconds; absent: now. */
  readonly startTime?: number;
}

/** The span that records nothing. */
export const noopSpan: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** A tracer that costs nothing: `withSpan` calls straight through. For "tracing off" and for pure tests. */
export const noopTracer: Tracer = Object.freeze({
  startSpan: () => noopSpan,
  startActiveSpan: (_name: string, ...rest: unknown[]) => (rest.at(-1) as (span: Span) => unknown)(noopSpan),
}) as Tracer;

/** Starts a span without making it active; end it yourself. */
export function startSpan(tracer: Tracer, name: string, options: WithSpanOptions = {}): Span {
  if (tracer === noopTracer) return noopSpan;
  const { parent, links, kind, attributes, startTime } = options;
  return tracer.startSpan(
    name,
    {
      ...(kind === undefined ? {} : { kind }),
      ...(attributes === undefined ? {} : { attributes }),
      ...(links === undefined || links.length === 0 ? {} : { links: [...links] }),
      ...(parent === 'root' ? { root: true } : {}),
      ...(startTime === undefined ? {} : { startTime }),
    },
    parentContext(parent),
  );
}

/**
 * Runs `fn` inside a new span and ends it when `fn` returns or its promise settles. A throw or rejection marks the span
 * as failed and goes on to the caller.
 */
export function withSpan<R>(tracer: Tracer, name: string, options: WithSpanOptions, fn: (span: Span) => R): R {
  if (tracer === noopTracer) return fn(noopSpan);
  const span = startSpan(tracer, name, options);
  let result: R;
  try {
    result = runIn(span, () => fn(span));
  } catch (error) {
    failSpan(span, error);
    span.end();
    throw error;
  }
  if (!isPromise(result)) {
    span.end();
    return result;
  }
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      failSpan(span, error);
      span.end();
      throw error;
    },
  ) as R;
}

/** Runs `fn` with `span` as the active one, without ending it. */
export function runIn<R>(span: Span, fn: () => R): R {
  return context.with(trace.setSpan(context.active(), span), fn);
}

/** Runs `fn` as if `span` (of another process, of a stored cause) were the active one. */
export function runCausedBy<R>(span: SpanContext | undefined, fn: () => R): R {
  return span === undefined ? fn() : context.with(trace.setSpanContext(context.active(), span), fn);
}

/** Runs `fn` without any active span: for loops and timers that outlive the call that starts them. */
export function runDetached<R>(fn: () => R): R {
  return context.with(ROOT_CONTEXT, fn);
}

/** Context of the active span, which is the cause of what is written now; undefined outside any trace. */
export function activeSpanContext(): SpanContext | undefined {
  const active = trace.getSpanContext(context.active());
  return active !== undefined && isSpanContextValid(active) ? active : undefined;
}

/** Marks a span as failed, with the error's message, type and stack. */
export function failSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const fault = error instanceof Error ? error : new Error(String(error));
  span.recordException(fault);
  span.setStatus({ code: SpanStatusCode.ERROR, message: fault.message });
}

function parentContext(parent: SpanContext | 'root' | undefined): Context {
  const active = context.active();
  return parent === undefined || parent === 'root' ? active : trace.setSpanContext(active, parent);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
