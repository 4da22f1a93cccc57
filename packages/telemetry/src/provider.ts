import { context } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Clock, Random } from '@keelson/sdk';
import { noopTracer } from './context.ts';
import { ExportQueue } from './export-queue.ts';
import { SpanRecorder } from './recorder.ts';
import type { SpanSink } from './record.ts';
import { TraceRing, type RingLimits } from './ring.ts';
import { withinSendLimit } from './send-limit.ts';
import { settingsFrom, type Environment, type TelemetrySettings } from './settings.ts';

/** What the composition root gives to make a cluster's tracing. */
export interface TracingOptions {
  readonly clock: Clock;
  /** Own stream: `random.fork('tracing')`, so that turning tracing off does not shift the cluster's other draws. */
  readonly random: Random;
  /** Where `OTEL_*` are read from; absent: none are set. */
  readonly environment?: Environment;
  readonly serviceName?: string;
  readonly ring?: RingLimits;
  /** Takes every finished span as well (an agent sends them to its control plane). */
  readonly forward?: SpanSink;
  /** Told about failing exports, at most once per distinct message. */
  readonly onError?: (error: Error) => void;
}

/** Tracing of one cluster; never the process-wide provider, so that many clusters live in one process. */
export interface Tracing {
  readonly settings: TelemetrySettings;
  readonly ring: TraceRing;
  /** Tracer of a plugin or of a part of the kernel; `noopTracer` when tracing is off. */
  tracer(scope: string): Tracer;
  flush(): Promise<void>;
  /** Sends what is queued; the ring stays readable. */
  close(): Promise<void>;
}

/** Makes the tracing of a cluster: an in-memory ring always, OTLP/HTTP besides when `OTEL_*` ask for it. Synchronous and cheap. */
export function createTracing(options: TracingOptions): Tracing {
  const settings = settingsFrom(options.environment ?? {}, options.serviceName);
  const ring = new TraceRing(options.ring);
  if (!settings.enabled) {
    return { settings, ring, tracer: () => noopTracer, flush: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  registerContextManager();
  const { forward } = options;
  const onError = options.onError ?? (() => undefined);
  const queue = exportQueue(settings, onError);
  const recorder = new SpanRecorder({
    clock: options.clock,
    random: options.random,
    sampling: settings.sampling,
    sink: (span) => {
      ring.add(span);
      queue?.add(span);
      forward?.(span);
    },
  });
  return {
    settings,
    ring,
    tracer: (scope) => recorder.tracer(scope),
    flush: async () => queue?.flush(),
    close: async () => (queue === undefined ? undefined : withinSendLimit(queue.close(), options.clock, onError)),
  };
}

/**
 * Makes "the active span" follow promises and callbacks. Once per process and only where tracing is on, since async
 * hooks slow every promise a little. Somebody else's manager, if one is registered already, serves as well.
 */
export function registerContextManager(): void {
  if (registered) return;
  registered = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

let registered = false;

function exportQueue(settings: TelemetrySettings, onError: (error: Error) => void): ExportQueue | undefined {
  const wanted = settings.export;
  if (wanted === undefined) return undefined;
  const told = new Set<string>();
  const once = (error: Error): void => {
    if (told.size < 100 && !told.has(error.message)) {
      told.add(error.message);
      onError(error);
    }
  };
  const open = async () => (await import('./otlp.ts')).openOtlpExport(wanted, settings.resource, once);
  return new ExportQueue(open, once, wanted.batch.maxQueueSize);
}
