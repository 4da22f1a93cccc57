import type { SpanKind, SpanStatusCode } from '@opentelemetry/api';

/** What an attribute of a recorded span can be. */
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];

/** A span of another place that this one points at. */
export interface SpanRecordLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** Something that happened inside a span; `at` is milliseconds since the Unix epoch. */
export interface SpanRecordEvent {
  readonly name: string;
  readonly at: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A finished span as plain data: what the ring keeps, the debug endpoint sends and the trees are built from. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Name of the plugin (or part of the kernel) whose tracer made the span. */
  readonly scope: string;
  /** Start order among the spans of its cluster: breaks ties where a virtual clock stands still. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch, with fraction. */
  readonly start: number;
  /** Milliseconds since the Unix epoch, with fraction; never before `start`. */
  readonly end: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly links: readonly SpanRecordLink[];
  readonly events: readonly SpanRecordEvent[];
  readonly status: { readonly code: SpanStatusCode; readonly message?: string };
  /** W3C `tracestate`, absent when empty. */
  readonly traceState?: string;
}

/** Takes finished spans; must not throw. */
export type SpanSink = (span: SpanRecord) => void;
