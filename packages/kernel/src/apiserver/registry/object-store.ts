import { context, SpanKind, trace, TraceFlags, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import type { Kind } from '@keelson/api';
import { Attr, noopTracer, SpanName } from '@keelson/telemetry';
import type { Op, Store } from '../../storage/index.ts';
import { CachedObject, type CauseTable, type ParsedObjects } from '../../watch/index.ts';
import type { EventLeases } from './event-leases.ts';
import type { ResourceStorage } from './served-resource.ts';

type Operation = 'create' | 'update' | 'delete';

/**
 * Guarded writes of serialized objects. Each one is a transaction on the key's mod-revision; the outcome is visible in
 * the resource's cache before the call returns, so a client that reads after its own write finds it.
 */
export class ObjectStore {
  constructor(
    private readonly store: Store,
    private readonly causes: CauseTable,
    private readonly parsed: ParsedObjects,
    private readonly leases: EventLeases,
    private readonly tracer: Tracer,
  ) {}

  get revision(): number {
    return this.store.revision;
  }

  /** Undefined if the key exists already. */
  create(storage: ResourceStorage, key: string, bytes: Buffer): Promise<CachedObject | undefined> {
    return this.#write('create', storage, key, 0, bytes);
  }

  /** Undefined if the stored version is no longer `revision`. */
  replace(storage: ResourceStorage, key: string, revision: number, bytes: Buffer): Promise<CachedObject | undefined> {
    return this.#write('update', storage, key, revision, bytes);
  }

  /** The state that was removed, under the revision of the deletion; undefined if the stored version is no longer `revision`. */
  remove(storage: ResourceStorage, key: string, revision: number): Promise<CachedObject | undefined> {
    return this.#write('delete', storage, key, revision, undefined);
  }

  #write(op: Operation, storage: ResourceStorage, key: string, revision: number, bytes: Buffer | undefined): Promise<CachedObject | undefined> {
    const parent = this.tracer === noopTracer ? undefined : trace.getActiveSpan();
    if (parent === undefined || !isWorthASpan(parent, storage)) return this.#commit(storage, key, revision, bytes, parent?.spanContext());
    return this.#writeTraced(op, storage, key, revision, bytes);
  }

  #writeTraced(op: Operation, storage: ResourceStorage, key: string, revision: number, bytes: Buffer | undefined): Promise<CachedObject | undefined> {
    const names = namesOf(storage.kind);
    const span = this.tracer.startSpan(names[op], client);
    const done = (written: CachedObject | undefined): CachedObject | undefined => {
      if (written !== undefined) {
        span.setAttribute(Attr.revision, written.revision);
        const attributes = { [Attr.revision]: written.revision, [Attr.watchers]: storage.cache.subscribers };
        this.tracer.startSpan(names.publish, { kind: SpanKind.PRODUCER, attributes }, trace.setSpan(context.active(), span)).end();
      }
      span.end();
      return written;
    };
    // Not by `await`: while tracing is on, each promise is told of.
    return this.#commit(storage, key, revision, bytes, span.spanContext()).then(done, (error: unknown) => {
      span.recordException(error as Error);
      span.end();
      throw error;
    });
  }

  async #commit(storage: ResourceStorage, key: string, revision: number, bytes: Buffer | undefined, cause: SpanContext | undefined): Promise<CachedObject | undefined> {
    const storageKey = storage.prefix + key;
    const withdraw = this.causes.announce(storageKey, bytes, cause);
    let op: Op;
    if (bytes === undefined) op = { type: 'delete', key: storageKey };
    else {
      const lease = this.leases.applies(storage.kind) ? await this.leases.current() : undefined;
      op = { type: 'put', key: storageKey, value: bytes, ...(lease === undefined ? {} : { lease }) };
    }
    try {
      const result = await this.store.txn({ compare: [{ key: storageKey, modRevision: revision }], ops: [op] });
      if (!result.ok) {
        withdraw();
        // The loser must see the winner's state, or a retry would work on the old one again.
        await storage.cache.reached(result.revision);
        return undefined;
      }
      const visible = storage.cache.reached(result.revision);
      if (visible !== undefined) await visible;
      const current = storage.cache.get(key);
      if (bytes !== undefined && current?.revision === result.revision) return current;
      const entry = result.entries[0];
      return new CachedObject(key, bytes === undefined ? (entry?.value ?? Buffer.alloc(0)) : (entry?.value ?? bytes), result.revision, this.parsed);
    } catch (error) {
      withdraw();
      throw error;
    }
  }
}

const client = { kind: SpanKind.CLIENT };

type SpanNames = Readonly<Record<Operation | 'publish', string>>;
/** Spans stay in memory by the ten thousand: they share their names. */
const spanNames = new WeakMap<Kind, SpanNames>();

function namesOf(kind: Kind): SpanNames {
  let names = spanNames.get(kind);
  if (names === undefined) {
    const { plural } = kind;
    names = { create: SpanName.store('create', plural), update: SpanName.store('update', plural), delete: SpanName.store('delete', plural), publish: SpanName.publish(plural) };
    spanNames.set(kind, names);
  }
  return names;
}

/**
 * Writes within a recorded trace get their spans, also when they come after the end of the span that caused them (a pod's
 * status follows its sync). Events tell what the other spans tell already.
 */
function isWorthASpan(parent: Span, storage: ResourceStorage): boolean {
  if (parent.isRecording()) return true;
  return (parent.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0 && storage.kind.plural !== 'events';
}
