import { sampleAll, type Sampling } from './sampler.ts';

/** Environment as the composition root hands it over. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where and how finished spans leave the process. */
export interface ExportSettings {
  /** Full URL of the traces endpoint. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly batch: { readonly maxQueueSize: number; readonly maxExportBatchSize: number; readonly scheduledDelayMillis: number; readonly exportTimeoutMillis: number };
}

/** What the usual `OTEL_*` variables ask for. */
export interface TelemetrySettings {
  /** False: no span is made at all (`OTEL_SDK_DISABLED=true`). */
  readonly enabled: boolean;
  readonly sampling: Sampling;
  /** Absent: spans stay in the ring. */
  readonly export?: ExportSettings;
  readonly resource: Readonly<Record<string, string>>;
  /** Lower-case sentences about variables that could not be honoured. */
  readonly warnings: readonly string[];
}

/**
 * Reads the `OTEL_*` variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 * Export is on when an OTLP endpoint is named or `OTEL_TRACES_EXPORTER=otlp` asks for the default one.
 */
export function settingsFrom(env: Environment, serviceName = 'keelson'): TelemetrySettings {
  const warnings: string[] = [];
  const exporter = exportSettings(env, warnings);
  return {
    enabled: env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true',
    sampling: samplingFrom(env, warnings),
    ...(exporter ? { export: exporter } : {}),
    resource: { 'service.name': env['OTEL_SERVICE_NAME'] || serviceName, ...resourceFrom(env) },
    warnings,
  };
}

function exportSettings(env: Environment, warnings: string[]): ExportSettings | undefined {
  const names = (env['OTEL_TRACES_EXPORTER'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const tracesEndpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (names.length > 0 && !names.includes('otlp')) {
    if (!names.includes('none')) warnings.push(`OTEL_TRACES_EXPORTER=${names.join(',')} is not known here, use otlp or none`);
    return undefined;
  }
  if (names.length === 0 && !endpoint && !tracesEndpoint) return undefined;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol !== undefined && protocol !== 'http/json') warnings.push(`OTLP protocol ${protocol} is not available, spans are sent as http/json`);
  return {
    url: tracesEndpoint || `${(endpoint || 'http://localhost:4318').replace(/\/$/, '')}/v1/traces`,
    headers: { ...pairs(env['OTEL_EXPORTER_OTLP_HEADERS']), ...pairs(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS']) },
    timeoutMs: count(env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? env['OTEL_EXPORTER_OTLP_TIMEOUT'], 10_000),
    compression: (env['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION'] ?? env['OTEL_EXPORTER_OTLP_COMPRESSION']) === 'gzip' ? 'gzip' : 'none',
    batch: batchFrom(env),
  };
}

function batchFrom(env: Environment): ExportSettings['batch'] {
  const maxQueueSize = Math.max(1, count(env['OTEL_BSP_MAX_QUEUE_SIZE'], 8192));
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(maxQueueSize, Math.max(1, count(env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], 512))),
    scheduledDelayMillis: count(env['OTEL_BSP_SCHEDULE_DELAY'], 1000),
    exportTimeoutMillis: count(env['OTEL_BSP_EXPORT_TIMEOUT'], 30_000),
  };
}

function samplingFrom(env: Environment, warnings: string[]): Sampling {
  const name = env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on';
  const argument = Number(env['OTEL_TRACES_SAMPLER_ARG'] ?? '1');
  const ratio = Number.isFinite(argument) ? Math.min(1, Math.max(0, argument)) : 1;
  const known: Readonly<Record<string, Sampling>> = {
    always_on: { ratio: 1, parentBased: false },
    always_off: { ratio: 0, parentBased: false },
    traceidratio: { ratio, parentBased: false },
    parentbased_always_on: { ratio: 1, parentBased: true },
    parentbased_always_off: { ratio: 0, parentBased: true },
    parentbased_traceidratio: { ratio, parentBased: true },
  };
  const sampling = known[name];
  if (!sampling) warnings.push(`OTEL_TRACES_SAMPLER=${name} is not known, every trace is recorded`);
  return sampling ?? sampleAll;
}

function resourceFrom(env: Environment): Record<string, string> {
  const { 'service.name': name, ...rest } = pairs(env['OTEL_RESOURCE_ATTRIBUTES']);
  // OTEL_SERVICE_NAME wins over service.name in OTEL_RESOURCE_ATTRIBUTES.
  return name !== undefined && !env['OTEL_SERVICE_NAME'] ? { ...rest, 'service.name': name } : rest;
}

/** `a=b,c=d` with percent-encoded values (W3C baggage form). */
function pairs(text: string | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const member of (text ?? '').split(',')) {
    const at = member.indexOf('=');
    if (at > 0) result[member.slice(0, at).trim()] = decoded(member.slice(at + 1).trim());
  }
  return result;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function count(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? '');
  return text !== undefined && text.trim() !== '' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : otherwise;
}
