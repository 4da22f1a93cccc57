import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { createTraceState, TraceFlags, type Attributes, type HrTime } from '@opentelemetry/api';
import type { ExportSettings } from './settings.ts';
import type { SpanRecord } from './record.ts';

/** An open connection to a collector. */
export interface SpanExport {
  add(span: SpanRecord): void;
  flush(): Promise<void>;
  /** Sends what is queued, then stops. */
  close(): Promise<void>;
}

/**
 * OTLP over HTTP by way of the SDK's batch processor: bounded queue, spans beyond it are dropped. Loaded only when
 * export is configured, because the SDK costs about 100 ms of start.
 */
export function openOtlpExport(settings: ExportSettings, resourceAttributes: Readonly<Record<string, string>>, onError: (error: Error) => void): SpanExport {
  // Without a handler the SDK throws "Concurrent export limit reached" out of a timer when a burst overtakes the exporter.
  setGlobalErrorHandler((fault) => onError(fault instanceof Error ? fault : new Error(typeof fault === 'string' ? fault : (fault as { message?: string }).message ?? 'span export failed')));
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: { ...settings.headers },
    timeoutMillis: settings.timeoutMs,
    ...(settings.compression === 'gzip' ? { compression: 'gzip' as never } : {}),
  });
  const processor = new BatchSpanProcessor(exporter, { ...settings.batch });
  const resource = resourceFromAttributes({ ...resourceAttributes });
  return {
    add: (span) => processor.onEnd(readable(span, resource)),
    flush: () => processor.forceFlush(),
    close: () => processor.shutdown(),
  };
}

/** The SDK's shape of a finished span. */
function readable(span: SpanRecord, resource: ReadableSpan['resource']): ReadableSpan {
  const context = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => ({
      ...context(span.traceId, span.spanId),
      ...(span.traceState ? { traceState: createTraceState(span.traceState) } : {}),
    }),
    ...(span.parentSpanId ? { parentSpanContext: context(span.traceId, span.parentSpanId) } : {}),
    startTime: hrTime(span.start),
    endTime: hrTime(span.end),
    duration: hrTime(span.end - span.start),
    status: span.status,
    attributes: span.attributes as Attributes,
    links: span.links.map((link) => ({ context: context(link.traceId, link.spanId), ...(link.attributes ? { attributes: link.attributes as Attributes } : {}) })),
    events: span.events.map((event) => ({ name: event.name, time: hrTime(event.at), attributes: (event.attributes ?? {}) as Attributes })),
    ended: true,
    resource,
    instrumentationScope: { name: span.scope },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
