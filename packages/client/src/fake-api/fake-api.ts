import { isDeepStrictEqual } from 'node:util';
import { formatTime } from '@keelson/api/time';
import { findKind, objectKey, type KubeObject } from '@keelson/api';
import { compileFieldSelector, parseFieldSelector, parseLabelSelector } from '@keelson/api/selectors';
import { StatusError, type ApiCall, type ApiTransport, type Clock, type WatchHandle, type WatchHandler } from '@keelson/sdk';
import { activeSpanContext } from '@keelson/telemetry';
import { FakeStore } from './fake-store.ts';
import { FakeWatch, type Delivery } from './fake-watch.ts';

type Path = Omit<ApiCall, 'verb' | 'body'>;

/** Faults that a test switches on. */
export interface FakeFaults {
  /** Called before a call takes effect; throw to refuse it. */
  before?(call: ApiCall): void;
  /** Called after a write took effect; throw to lose the answer (a crash at a write). */
  after?(call: ApiCall): void;
  /** Decides the fate of each watch event. */
  deliver?(): Delivery;
  /** Refuse `sendInitialEvents`, as servers without streaming lists do. */
  noStreaming?: boolean;
}

/**
 * A small in-memory model of the API, for tests of what stands above a transport. It knows optimistic concurrency, the
 * status subresource, generations, finalizers, selectors and watches; it does not validate, default or authorize.
 */
export class FakeApi implements ApiTransport {
  readonly store = new FakeStore();
  readonly faults: FakeFaults = {};
  readonly calls: ApiCall[] = [];
  readonly #watches = new Set<FakeWatch>();
  #uid = 0;
  #suffix = 0;

  constructor(readonly clock: Clock) {}

  /** Watches that are open. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Ends all watches, as a restart of the server does. */
  dropWatches(error?: Error): void {
    for (const watch of [...this.#watches]) watch.end(error);
  }

  /** Stops delivering to the open watches without ending them, as a half-open connection does. */
  freezeWatches(): void {
    for (const watch of this.#watches) watch.freeze();
  }

  async call(call: ApiCall): Promise<unknown> {
    await Promise.resolve();
    this.calls.push(call);
    call.signal?.throwIfAborted();
    this.faults.before?.(call);
    const answer = this.#answer(call);
    if (call.verb !== 'get' && call.verb !== 'list') this.faults.after?.(call);
    return answer;
  }

  watch(call: Path, handler: WatchHandler<KubeObject>): WatchHandle {
    const watch = new FakeWatch({
      api: this, handler,
      resource: call.plural,
      selects: this.#selects(call),
      from: call.query?.['resourceVersion'],
      initial: call.query?.['sendInitialEvents'] === 'true',
      closed: () => void this.#watches.delete(watch),
    });
    this.#watches.add(watch);
    watch.start();
    return { stop: () => watch.stop() };
  }

  #answer(call: ApiCall): unknown {
    const key = objectKey({ namespace: call.namespace, name: call.name ?? '' });
    switch (call.verb) {
      case 'get':
        return this.#existing(call, key);
      case 'list':
        return this.#list(call);
      case 'create':
        return this.#create(call);
      case 'update':
        return this.#update(call, key, call.body as KubeObject);
      case 'patch':
        return this.#update(call, key, merge(this.#existing(call, key), call.body) as KubeObject, true);
      case 'delete':
        return this.#delete(call, key);
      default:
        throw new StatusError('MethodNotAllowed', `the fake does not know ${call.verb}`);
    }
  }

  #existing(call: Path, key: string): KubeObject {
    const object = this.store.get(call.plural, key);
    if (object === undefined) throw new StatusError('NotFound', `${call.plural} "${call.name}" not found`, { name: call.name ?? '', kind: call.plural });
    return object;
  }

  #list(call: Path): unknown {
    const selects = this.#selects(call);
    const all = this.store.list(call.plural).filter(selects);
    const offset = Number(call.query?.['continue'] ?? 0);
    const limit = Number(call.query?.['limit'] ?? 0) || all.length;
    const more = offset + limit < all.length;
    return { kind: 'List', items: all.slice(offset, offset + limit), metadata: { resourceVersion: String(this.store.revision), ...(more ? { continue: String(offset + limit) } : {}) } };
  }

  #create(call: ApiCall): KubeObject {
    const draft = call.body as KubeObject;
    const name = draft.metadata.name ?? `${draft.metadata.generateName}${(this.#suffix++).toString(36).padStart(5, '0')}`;
    const key = objectKey({ namespace: call.namespace, name });
    if (this.store.get(call.plural, key)) throw new StatusError('AlreadyExists', `${call.plural} "${name}" already exists`, { name, kind: call.plural });
    const metadata = { ...draft.metadata, name, namespace: call.namespace, uid: `uid-${++this.#uid}`, creationTimestamp: formatTime(this.clock.now()), generation: 1 };
    return this.store.put(call.plural, { ...draft, metadata }, activeSpanContext());
  }

  #update(call: ApiCall, key: string, next: KubeObject, patch = false): KubeObject {
    const current = this.#existing(call, key) as KubeObject & { spec?: unknown; status?: unknown };
    const given = (patch ? (call.body as Partial<KubeObject>).metadata : next.metadata)?.resourceVersion;
    if (given !== undefined && given !== current.metadata.resourceVersion) {
      throw new StatusError('Conflict', `Operation cannot be fulfilled on ${call.plural} "${call.name}": the object has been modified; please apply your changes to the latest version and try again`);
    }
    const wanted = next as typeof current;
    const merged = call.subresource === 'status' ? { ...current, status: wanted.status } : { ...wanted, status: current.status ?? wanted.status };
    const generation = (current.metadata.generation ?? 1) + (isDeepStrictEqual(clean(current.spec), clean(merged.spec)) ? 0 : 1);
    const kept = { uid: current.metadata.uid, creationTimestamp: current.metadata.creationTimestamp, resourceVersion: current.metadata.resourceVersion, generation };
    const stored = clean({ ...merged, metadata: { ...merged.metadata, ...kept } }) as KubeObject;
    if (isDeepStrictEqual(stored, clean(current))) return current;
    if (stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0) {
      this.store.put(call.plural, stored, activeSpanContext());
      return this.store.remove(call.plural, key, activeSpanContext());
    }
    return this.store.put(call.plural, stored, activeSpanContext());
  }

  #delete(call: ApiCall, key: string): KubeObject {
    const current = this.#existing(call, key);
    const wanted = (call.body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
    if (wanted !== undefined && wanted !== current.metadata.uid) throw new StatusError('Conflict', `the uid of ${call.plural} "${call.name}" is another`);
    if ((current.metadata.finalizers ?? []).length === 0) return this.store.remove(call.plural, key, activeSpanContext());
    const metadata = { ...current.metadata, deletionTimestamp: current.metadata.deletionTimestamp ?? formatTime(this.clock.now()) };
    return this.store.put(call.plural, { ...current, metadata }, activeSpanContext());
  }

  #selects(call: Path): (object: KubeObject) => boolean {
    const labels = parseLabelSelector(call.query?.['labelSelector'] ?? '');
    const fields = parseFieldSelector(call.query?.['fieldSelector'] ?? '');
    if (!labels.ok || !fields.ok) throw new StatusError('BadRequest', 'bad selector');
    const kind = findKind(call.group, call.version, call.plural);
    const byField = kind === undefined ? () => true : compileFieldSelector(kind, fields.value);
    return (object) => (call.namespace === undefined || object.metadata.namespace === call.namespace) && labels.value.matches(object.metadata.labels) && byField(object);
  }
}

function clean<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
