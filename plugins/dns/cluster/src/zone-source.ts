import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import { objectKey } from '@keelson/api';
import { Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import type { InformerFactory } from '@keelson/client';
import type { Clock } from '@keelson/sdk';
import { Attr, SpanName, linksAndParent, startSpan } from '@keelson/telemetry';
import type { FirstAnswers } from './first-answers.ts';
import { serviceRecords } from './service-records.ts';
import type { RecordTable } from './record-table.ts';
import type { Zone } from './zone-names.ts';

export interface ZoneSourceOptions {
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly zone: Zone;
  readonly table: RecordTable;
  readonly firstAnswers: FirstAnswers;
}

const serviceLabel = 'kubernetes.io/service-name';

/** Keeps the table as services and endpoint slices say, one service at a time. */
export class ZoneSource {
  readonly #options: ZoneSourceOptions;
  /** Slices of a service, by `namespace/service`; small: one slice per hundred endpoints. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  #serial: number;
  #synced = false;

  constructor(options: ZoneSourceOptions) {
    this.#options = options;
    this.#serial = Math.floor(options.clock.now() / 1000);
  }

  /** Of the zone; grows with each change. */
  get serial(): number {
    return this.#serial;
  }

  /** Resolves when the table is complete. */
  async start(): Promise<void> {
    const services = this.#options.informers.use(Service).informer;
    const slices = this.#options.informers.use(EndpointSlice).informer;
    await Promise.all([services.synced, slices.synced]);
    const update = (key: string, cause: SpanContext | undefined): void => this.#update(key, services.store.get(key), cause);
    slices.onChange(({ type, object, previous, cause }) => {
      const key = serviceOf(object);
      const before = previous === undefined ? undefined : serviceOf(previous);
      if (before !== undefined && before !== key) {
        this.#forget(before, objectKey(object));
        update(before, cause);
      }
      if (key === undefined) return;
      if (type === 'deleted') this.#forget(key, objectKey(object));
      else this.#remember(key, object);
      update(key, cause);
    });
    services.onChange(({ type, object, cause }) => this.#update(objectKey(object), type === 'deleted' ? undefined : object, cause));
    this.#synced = true;
  }

  #update(key: string, service: Service | undefined, cause: SpanContext | undefined): void {
    const { zone, table, clock, tracer, firstAnswers } = this.#options;
    const records = service === undefined ? [] : serviceRecords(service, [...(this.#slices.get(key)?.values() ?? [])], zone);
    const changed = table.replace(key, records);
    if (changed.size === 0) return;
    this.#serial++;
    // The first full state was caused by nobody who waits for it.
    if (!this.#synced || cause === undefined) return;
    const now = clock.now();
    const [namespace = '', name = ''] = key.split('/');
    const span = startSpan(tracer, SpanName.program('dns'), {
      kind: SpanKind.INTERNAL, ...linksAndParent([{ span: cause, at: now }], now),
      attributes: { [Attr.entriesChanged]: changed.size, [Attr.objectKind]: 'Service', [Attr.objectNamespace]: namespace, [Attr.objectName]: name },
    });
    span.end();
    for (const each of changed) if (table.find(each) !== undefined) firstAnswers.expect(each, span.spanContext());
  }

  #remember(key: string, slice: EndpointSlice): void {
    const known = this.#slices.get(key);
    if (known === undefined) this.#slices.set(key, new Map([[objectKey(slice), slice]]));
    else known.set(objectKey(slice), slice);
  }

  #forget(key: string, slice: string): void {
    const known = this.#slices.get(key);
    known?.delete(slice);
    if (known?.size === 0) this.#slices.delete(key);
  }
}

/** `namespace/service` of a slice; undefined for slices of nobody. */
function serviceOf({ metadata }: EndpointSlice): string | undefined {
  const service = metadata.labels?.[serviceLabel];
  return service === undefined || service === '' ? undefined : `${metadata.namespace ?? ''}/${service}`;
}
