import {
  SpanStatusCode, type Attributes, type AttributeValue as ApiAttributeValue, type Exception, type Link, type Span, type SpanContext, type SpanKind,
  type SpanStatus, type TimeInput,
} from '@opentelemetry/api';
import { Attr } from './names.ts';
import type { AttributeValue, SpanRecord, SpanRecordEvent, SpanRecordLink, SpanSink } from './record.ts';

/** Limits of one span; the specification's defaults, and a bound on strings that it leaves open. */
const limits = Object.freeze({ attributes: 128, events: 128, links: 128, text: 4096 });

/** What is known when a span starts. */
export interface SpanStart {
  readonly spanContext: SpanContext;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly scope: string;
  readonly seq: number;
  readonly start: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Most spans have none: what is kept by the ten thousand should be few objects, or the collector copies them all. */
const none: readonly never[] = Object.freeze([]);
const unset = Object.freeze({ code: SpanStatusCode.UNSET });

/** A recording span: a `SpanRecord` that is complete when it ends. */
export class RecordedSpan implements Span {
  readonly #spanContext: SpanContext;
  readonly #now: (time: TimeInput | undefined) => number;
  #sink: SpanSink | undefined;
  readonly #record: Writable<SpanRecord>;
  readonly #attributes: Record<string, AttributeValue> = {};
  #attributeCount = 0;
  #links: SpanRecordLink[] | undefined;
  #events: SpanRecordEvent[] | undefined;

  constructor({ spanContext, parentSpanId, name, kind, scope, seq, start }: SpanStart, now: (time: TimeInput | undefined) => number, sink: SpanSink) {
    this.#spanContext = spanContext;
    this.#now = now;
    this.#sink = sink;
    const { traceId, spanId } = spanContext;
    const attributes = this.#attributes;
    this.#record = parentSpanId === undefined
      ? { traceId, spanId, name, kind, scope, seq, start, end: start, attributes, links: none, events: none, status: unset }
      : { traceId, spanId, parentSpanId, name, kind, scope, seq, start, end: start, attributes, links: none, events: none, status: unset };
  }

  /** The plugin at work: whom a guard has named, else whose tracer it is. */
  get owner(): string {
    const named = this.#attributes[Attr.plugin];
    return typeof named === 'string' ? named : this.#record.scope;
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return this.#sink !== undefined;
  }

  setAttribute(key: string, value: ApiAttributeValue): this {
    if (this.#sink === undefined || key === '' || !isAttributeValue(value)) return this;
    if (this.#attributes[key] === undefined) {
      if (this.#attributeCount >= limits.attributes) return this;
      this.#attributeCount++;
    }
    this.#attributes[key] = typeof value === 'string' ? cut(value) : value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) {
      const value = attributes[key];
      if (value !== undefined) this.setAttribute(key, value);
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.#sink === undefined || (this.#events ??= []).length >= limits.events) return this;
    const isTime = typeof attributesOrTime === 'number' || Array.isArray(attributesOrTime) || attributesOrTime instanceof Date;
    const attributes = isTime ? undefined : cleaned(attributesOrTime as Attributes | undefined);
    this.#events.push({ name, at: this.#now(isTime ? (attributesOrTime as TimeInput) : time), ...(attributes ? { attributes } : {}) });
    return this;
  }

  addLink(link: Link): this {
    if (this.#sink === undefined || (this.#links ??= []).length >= limits.links) return this;
    const attributes = cleaned(link.attributes);
    this.#links.push({ traceId: link.context.traceId, spanId: link.context.spanId, ...(attributes ? { attributes } : {}) });
    return this;
  }

  addLinks(links: readonly Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    // Ok is final and unset never overwrites, as the specification says.
    if (this.#sink === undefined || status.code === SpanStatusCode.UNSET || this.#record.status.code === SpanStatusCode.OK) return this;
    this.#record.status = status.message === undefined ? { code: status.code } : { code: status.code, message: cut(status.message) };
    return this;
  }

  updateName(name: string): this {
    if (this.#sink !== undefined) this.#record.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const fault = typeof exception === 'string' ? { message: exception } : exception;
    this.addEvent(
      'exception',
      {
        'exception.type': String(('code' in fault ? fault.code : undefined) ?? ('name' in fault ? fault.name : undefined) ?? 'Error'),
        'exception.message': fault.message ?? '',
        ...('stack' in fault && fault.stack ? { 'exception.stacktrace': fault.stack } : {}),
      },
      time,
    );
  }

  end(time?: TimeInput): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    this.#sink = undefined;
    const record = this.#record;
    record.end = Math.max(record.start, this.#now(time));
    if (this.#links !== undefined) record.links = this.#links;
    if (this.#events !== undefined) record.events = this.#events;
    const traceState = this.#spanContext.traceState?.serialize();
    if (traceState) record.traceState = traceState;
    sink(record);
  }

  /** Ends the span without a record. */
  drop(): void {
    this.#sink = undefined;
  }
}

/** Ends a span as if it had never been, where its tracer can: for a reconcile that did nothing. */
export function dropSpan(span: Span): void {
  if (span instanceof RecordedSpan) span.drop();
  else span.end();
}

function cut(text: string): string {
  return text.length > limits.text ? text.slice(0, limits.text) : text;
}

function cleaned(attributes: Attributes | undefined): Record<string, AttributeValue> | undefined {
  let result: Record<string, AttributeValue> | undefined;
  for (const key in attributes) {
    const value = attributes[key];
    if (key === '' || !isAttributeValue(value)) continue;
    result ??= {};
    result[key] = typeof value === 'string' ? cut(value) : value;
  }
  return result;
}

function isAttributeValue(value: unknown): value is AttributeValue {
  return isScalar(value) || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
