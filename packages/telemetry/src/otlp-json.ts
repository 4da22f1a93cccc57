import type { AttributeValue, SpanRecord, SpanRecordEvent, SpanRecordLink } from './record.ts';

/**
 * OTLP/HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), both ways and without the SDK:
 * agents send their spans in it to the control plane, which takes it from any OpenTelemetry exporter as well.
 */
export function encodeOtlp(spans: readonly SpanRecord[], resource: Readonly<Record<string, string>>): string {
  const scopes = new Map<string, object[]>();
  for (const span of spans) {
    const list = scopes.get(span.scope);
    if (list === undefined) scopes.set(span.scope, [wireSpan(span)]);
    else list.push(wireSpan(span));
  }
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: wireAttributes(resource) },
      scopeSpans: [...scopes].map(([name, list]) => ({ scope: { name }, spans: list })),
    }],
  });
}

/** What is wrong with a body that is no trace request; the message is for the sender. */
export class OtlpError extends Error {}

/**
 * Reads an ExportTraceServiceRequest. `nextSeq` numbers the spans in the order in which they stand.
 * @throws OtlpError naming the field that is wrong
 */
export function decodeOtlp(body: unknown, nextSeq: () => number): readonly SpanRecord[] {
  const spans: SpanRecord[] = [];
  for (const [r, resource] of listOf(objectOf(body, 'body')['resourceSpans'], 'resourceSpans').entries()) {
    for (const [s, scoped] of listOf(objectOf(resource, `resourceSpans[${r}]`)['scopeSpans'], `resourceSpans[${r}].scopeSpans`).entries()) {
      const at = `resourceSpans[${r}].scopeSpans[${s}]`;
      const fields = objectOf(scoped, at);
      const scope = String((fields['scope'] as { name?: unknown } | undefined)?.name ?? '');
      for (const [i, span] of listOf(fields['spans'], `${at}.spans`).entries()) spans.push(recordOf(objectOf(span, `${at}.spans[${i}]`), scope, nextSeq(), `${at}.spans[${i}]`));
    }
  }
  return spans;
}

function wireSpan(span: SpanRecord): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    ...(span.traceState === undefined ? {} : { traceState: span.traceState }),
    name: span.name,
    // The API counts kinds from 0, the protocol from 1.
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.start),
    endTimeUnixNano: nanos(span.end),
    attributes: wireAttributes(span.attributes),
    events: span.events.map(({ name, at, attributes }) => ({ name, timeUnixNano: nanos(at), attributes: wireAttributes(attributes ?? {}) })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes: wireAttributes(attributes ?? {}) })),
    status: { code: span.status.code, ...(span.status.message === undefined ? {} : { message: span.status.message }) },
  };
}

function wireAttributes(attributes: Readonly<Record<string, AttributeValue>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: wireValue(value) }));
}

function wireValue(value: AttributeValue): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map(wireValue) } };
  }
}

function recordOf(span: Readonly<Record<string, unknown>>, scope: string, seq: number, at: string): SpanRecord {
  const start = millis(span['startTimeUnixNano'], `${at}.startTimeUnixNano`);
  const parent = span['parentSpanId'];
  const state = span['traceState'];
  const status = (span['status'] ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return {
    traceId: idOf(span['traceId'], 32, `${at}.traceId`),
    spanId: idOf(span['spanId'], 16, `${at}.spanId`),
    ...(parent === undefined || parent === '' ? {} : { parentSpanId: idOf(parent, 16, `${at}.parentSpanId`) }),
    name: textOf(span['name'], `${at}.name`),
    kind: Math.max(0, numberOf(span['kind'] ?? 1, `${at}.kind`) - 1),
    scope, seq, start,
    end: Math.max(start, millis(span['endTimeUnixNano'], `${at}.endTimeUnixNano`)),
    attributes: attributesOf(span['attributes'], `${at}.attributes`),
    links: listOf(span['links'], `${at}.links`).map((link, i): SpanRecordLink => {
      const fields = objectOf(link, `${at}.links[${i}]`);
      return {
        traceId: idOf(fields['traceId'], 32, `${at}.links[${i}].traceId`), spanId: idOf(fields['spanId'], 16, `${at}.links[${i}].spanId`),
        attributes: attributesOf(fields['attributes'], `${at}.links[${i}].attributes`),
      };
    }),
    events: listOf(span['events'], `${at}.events`).map((event, i): SpanRecordEvent => {
      const fields = objectOf(event, `${at}.events[${i}]`);
      return { name: textOf(fields['name'], `${at}.events[${i}].name`), at: millis(fields['timeUnixNano'], `${at}.events[${i}].timeUnixNano`), attributes: attributesOf(fields['attributes'], `${at}.events[${i}].attributes`) };
    }),
    status: { code: numberOf(status.code ?? 0, `${at}.status.code`), ...(typeof status.message === 'string' ? { message: status.message } : {}) },
    ...(typeof state === 'string' && state !== '' ? { traceState: state } : {}),
  };
}

function attributesOf(value: unknown, at: string): Readonly<Record<string, AttributeValue>> {
  const found: Record<string, AttributeValue> = {};
  for (const [i, entry] of listOf(value, at).entries()) {
    const { key, value: held } = objectOf(entry, `${at}[${i}]`);
    const plain = valueOf(held);
    if (typeof key === 'string' && plain !== undefined) found[key] = plain;
  }
  return found;
}

/** Undefined for kinds of values that spans of ours do not hold (maps, bytes). */
function valueOf(value: unknown): AttributeValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const held = value as { readonly stringValue?: string; readonly boolValue?: boolean; readonly intValue?: string | number; readonly doubleValue?: number; readonly arrayValue?: { readonly values?: readonly unknown[] } };
  if (held.stringValue !== undefined) return String(held.stringValue);
  if (held.boolValue !== undefined) return held.boolValue === true;
  if (held.intValue !== undefined) return Number(held.intValue);
  if (held.doubleValue !== undefined) return Number(held.doubleValue);
  const values = held.arrayValue?.values;
  return Array.isArray(values) ? values.map(valueOf).filter((item) => item !== undefined && typeof item !== 'object') as AttributeValue : undefined;
}

function nanos(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return `${BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6))}`;
}

function millis(value: unknown, at: string): number {
  if ((typeof value !== 'string' && typeof value !== 'number') || !/^\d{1,20}$/.test(String(value))) throw new OtlpError(`${at}: expected nanoseconds since 1970 as text`);
  const all = BigInt(value);
  return Number(all / 1_000_000n) + Number(all % 1_000_000n) / 1e6;
}

function idOf(value: unknown, digits: number, at: string): string {
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-fA-F]+$/.test(value) || /^0+$/.test(value)) throw new OtlpError(`${at}: expected ${digits} hexadecimal digits, not all zero`);
  return value.toLowerCase();
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new OtlpError(`${at}: expected text`);
  return value;
}

function numberOf(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new OtlpError(`${at}: expected an integer`);
  return value;
}

function objectOf(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new OtlpError(`${at}: expected an object`);
  return value as Readonly<Record<string, unknown>>;
}

/** Absent lists are empty, as everywhere in protobuf. */
function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new OtlpError(`${at}: expected a list`);
  return value;
}
