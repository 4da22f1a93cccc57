import type { Kind, KubeObject } from '@keelson/api';
import {
  isStatus,
  type ApiCall, type ApiClient, type ApiTransport, type DeleteOptions, type ListOptions, type ListResult, type ObjectRef, type Patch,
  type Selection, type WatchEvent, type WatchHandle, type WatchHandler, type WatchOptions, type WriteOptions,
} from '@keelson/sdk';
import { deleteBody, listQuery, selectionQuery, watchQuery, writeQuery } from './call-query.ts';
import { definedOnly } from './defined-only.ts';
import { KindLookup } from './kind-lookup.ts';
import { OwnWrites } from './own-writes.ts';

/** Options of {@link apiClient}. */
export interface ApiClientOptions {
  /** Custom kinds whose objects are written before any other call names them. */
  readonly kinds?: readonly Kind<KubeObject>[];
  /** Default `fieldManager` of every write. */
  readonly fieldManager?: string;
}

/** A client that remembers what it wrote. */
export interface TrackingApiClient extends ApiClient {
  readonly writes: OwnWrites;
}

/** The typed client over any transport; in-process and HTTP behave alike. */
export function apiClient(transport: ApiTransport, options: ApiClientOptions = {}): TrackingApiClient {
  return new TransportApiClient(transport, options);
}

type Path = Pick<ApiCall, 'group' | 'version' | 'plural' | 'namespace' | 'name'>;

class TransportApiClient implements TrackingApiClient {
  readonly writes = new OwnWrites();
  readonly #transport: ApiTransport;
  readonly #kinds: KindLookup;
  readonly #fieldManager: string | undefined;

  constructor(transport: ApiTransport, options: ApiClientOptions) {
    this.#transport = transport;
    this.#kinds = new KindLookup(options.kinds);
    this.#fieldManager = options.fieldManager;
  }

  async get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, options: { readonly resourceVersion?: string; readonly signal?: AbortSignal } = {}): Promise<T | undefined> {
    const query = options.resourceVersion === undefined ? undefined : { resourceVersion: options.resourceVersion };
    try {
      return (await this.#transport.call({ verb: 'get', ...this.#path(kind, ref), query, signal: options.signal })) as T;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): Promise<ListResult<T>> {
    const answer = (await this.#transport.call({
      verb: 'list', ...this.#path(kind, { namespace: options.namespace }), query: listQuery(options), signal: options.signal,
    })) as { readonly items?: readonly T[] | null; readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number } };
    const { resourceVersion = '', continue: next, remainingItemCount } = answer.metadata ?? {};
    return { items: withKind(kind, answer.items ?? []), resourceVersion, continue: next === '' ? undefined : next, remainingItemCount };
  }

  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions, handler: WatchHandler<T>): WatchHandle {
    const path = this.#path(kind, { namespace: options.namespace });
    return this.#transport.watch({ ...path, query: watchQuery(options) }, {
      event: (event) => handler.event(event as unknown as WatchEvent<T>),
      end: (error) => handler.end(error),
    });
  }

  create<T extends KubeObject>(object: T, options: WriteOptions = {}): Promise<T> {
    const { name: _, ...path } = this.#pathOf(object);
    return this.#write<T>({ verb: 'create', ...path, body: object }, options);
  }

  update<T extends KubeObject>(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#write<T>({ verb: 'update', ...this.#pathOf(object), body: object }, options);
  }

  updateStatus<T extends KubeObject>(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#write<T>({ verb: 'update', ...this.#pathOf(object), subresource: 'status', body: object }, options);
  }

  patch<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options: WriteOptions & { readonly subresource?: string } = {}): Promise<T> {
    const call: ApiCall = {
      verb: 'patch', ...this.#path(kind, ref), subresource: options.subresource, body: patch.body, patchType: patch.type,
      query: patch.type === 'apply' && patch.force !== undefined ? { force: String(patch.force) } : undefined,
    };
    return this.#write<T>(call, options);
  }

  async delete(target: KubeObject | { readonly kind: Kind<KubeObject>; readonly ref: ObjectRef }, options: DeleteOptions = {}): Promise<void> {
    const path = 'ref' in target ? this.#path(target.kind, target.ref) : this.#pathOf(target);
    try {
      const answer = await this.#transport.call({ verb: 'delete', ...path, body: deleteBody(options), signal: options.signal });
      if (!options.dryRun) this.writes.note(answer);
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }

  async deleteCollection<T extends KubeObject>(kind: Kind<T>, selection: Selection, options: DeleteOptions = {}): Promise<void> {
    await this.#transport.call({
      verb: 'deletecollection', ...this.#path(kind, { namespace: selection.namespace }), query: selectionQuery(selection),
      body: deleteBody(options), signal: options.signal,
    });
  }

  async subresource<B, R>(kind: Kind<KubeObject>, ref: ObjectRef, subresource: string, verb: 'get' | 'create' | 'update', body?: B): Promise<R> {
    const answer = await this.#transport.call({ verb, ...this.#path(kind, ref), subresource, body: definedOnly(body), ...(verb === 'get' || this.#fieldManager === undefined ? {} : { query: { fieldManager: this.#fieldManager } }) });
    if (verb !== 'get') this.writes.note(answer, kind);
    return answer as R;
  }

  async #write<T>(call: ApiCall, options: WriteOptions): Promise<T> {
    const query = { ...(this.#fieldManager ? { fieldManager: this.#fieldManager } : {}), ...writeQuery(options), ...call.query };
    const answer = await this.#transport.call({ ...call, body: definedOnly(call.body), query, signal: options.signal });
    if (!options.dryRun) this.writes.note(answer);
    return answer as T;
  }

  #path(kind: Kind<KubeObject>, ref: Partial<ObjectRef>): Path {
    this.#kinds.learn(kind);
    return { group: kind.group, version: kind.version, plural: kind.plural, namespace: kind.namespaced ? ref.namespace : undefined, name: ref.name };
  }

  #pathOf(object: KubeObject): Path {
    return this.#path(this.#kinds.of(object), object.metadata ?? {});
  }
}

/** Upstream leaves apiVersion and kind out of the items of typed lists. */
function withKind<T extends KubeObject>(kind: Kind<T>, items: readonly T[]): readonly T[] {
  if (items.every((item) => item.kind !== undefined && item.apiVersion !== undefined)) return items;
  return items.map((item) => Object.freeze({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
}
