import {
  context as otelContext, isSpanContextValid, SpanKind, trace, TraceFlags,
  type Attributes, type Context, type Span, type SpanContext, type SpanOptions, type TimeInput, type Tracer,
} from '@opentelemetry/api';
import type { Clock, Random } from '@keelson/sdk';
import { RecordedSpan } from './recorded-span.ts';
import type { SpanSink } from './record.ts';
import { isSampled, sampleAll, type Sampling } from './sampler.ts';

/** What a recorder needs; ids come from `random` and times from `clock`, so that a seed gives the same trace. */
export interface RecorderOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly sampling?: Sampling;
  readonly sink: SpanSink;
}

/**
 * Makes spans behind the OpenTelemetry API and hands finished ones to a sink as plain data. Own code, not the SDK's
 * tracer, because ids and times must come from the injected Random and Clock, and because the SDK costs 50 ms of
 * boot and 1.6 µs a span (docs/decisions/span-recorder.md).
 */
export class SpanRecorder {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #sampling: Sampling;
  readonly #sink: SpanSink;
  #origin: number;
  #seq = 0;

  constructor(options: RecorderOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#sampling = options.sampling ?? sampleAll;
    this.#sink = options.sink;
    this.#origin = this.#clock.now() - this.#clock.monotonic();
  }

  /** A tracer whose spans carry `scope`, which is the plugin's name. */
  tracer(scope: string): Tracer {
    const start = (name: string, options: SpanOptions = {}, context: Context = otelContext.active()): Span => this.#start(scope, name, options, context);
    return {
      startSpan: start,
      startActiveSpan: (name: string, ...rest: unknown[]) => {
        const fn = rest.pop() as (span: Span) => unknown;
        const [options, given] = rest as [SpanOptions?, Context?];
        const context = given ?? otelContext.active();
        const span = start(name, options, context);
        return otelContext.with(trace.setSpan(context, span), fn, undefined, span);
      },
    } as Tracer;
  }

  #start(scope: string, name: string, options: SpanOptions, context: Context): Span {
    const parent = options.root ? undefined : parentOf(context);
    const traceId = parent?.traceId ?? hex(this.#random, 4);
    const sampled = isSampled(this.#sampling, traceId, parent);
    const spanId = hex(this.#random, 2);
    const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const spanContext: SpanContext = parent?.traceState ? { traceId, spanId, traceFlags, traceState: parent.traceState } : { traceId, spanId, traceFlags };
    if (!sampled) return trace.wrapSpanContext(spanContext);
    const span = new RecordedSpan(
      {
        spanContext,
        parentSpanId: parent?.spanId,
        name,
        kind: options.kind ?? SpanKind.INTERNAL,
        scope,
        seq: this.#seq++,
        start: options.startTime === undefined ? this.#time() : millisOf(options.startTime),
      },
      this.#now,
      this.#sink,
    );
    if (options.attributes) span.setAttributes(options.attributes as Attributes);
    if (options.links) span.addLinks(options.links);
    return span;
  }

  readonly #now = (time: TimeInput | undefined): number => (time === undefined ? this.#time() : millisOf(time));

  /** Wall time with the resolution of the monotonic clock; set right again when the wall clock was stepped. */
  #time(): number {
    const monotonic = this.#clock.monotonic();
    const wall = this.#clock.now();
    if (Math.abs(wall - monotonic - this.#origin) > 50) this.#origin = wall - monotonic;
    return this.#origin + monotonic;
  }
}

/** Context of the span that is active in `context`; those of recorded spans need no check. */
function parentOf(context: Context): SpanContext | undefined {
  const active = trace.getSpan(context);
  if (active === undefined) return undefined;
  const parent = active.spanContext();
  return active instanceof RecordedSpan || isSpanContextValid(parent) ? parent : undefined;
}

function millisOf(time: TimeInput): number {
  if (typeof time === 'number') return time;
  return Array.isArray(time) ? time[0] * 1000 + time[1] / 1e6 : time.getTime();
}

const scratch = Buffer.alloc(16);

/** `words` times 32 random bits; never all zero, which the specification calls invalid. By way of a buffer: twice as fast as numbers to text. */
function hex(random: Random, words: number): string {
  let any = 0;
  for (let i = 0; i < words; i++) {
    const word = random.int(2 ** 32);
    any |= word;
    scratch.writeUInt32BE(word, i * 4);
  }
  return any === 0 ? hex(random, words) : scratch.toString('hex', 0, words * 4);
}
