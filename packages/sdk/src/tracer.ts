import type { Tracer as OtelTracer } from '@opentelemetry/api';
import { token } from './token.ts';

/**
 * The OpenTelemetry tracer of the cluster, scoped to the plugin that asks. Injected, never the process-wide one:
 * several clusters share a process.
 */
export type Tracer = OtelTracer;

export const Tracer = token<Tracer>('keelson.tracer');
