import { objectKey, type Kind, type KubeObject } from '@keelson/api';
import { revisionOf } from '@keelson/client';
import { isStatus, type StatusError } from '@keelson/sdk';
import type { ApiClient, DeleteOptions, ListOptions, ListResult, ObjectRef, Patch, Selection, WatchHandle, WatchHandler, WatchOptions, WriteOptions } from '@keelson/sdk';
import type { ControllerCaches } from './controller-caches.ts';
import type { ReconcileSpan } from './reconcile-span.ts';

/** What a reconcile's client needs beside the client that it wraps. */
export interface ReconcileClientOptions {
  readonly inner: ApiClient;
  readonly span: ReconcileSpan;
  readonly caches: ControllerCaches;
  /** Writes are refused once it is aborted: the controller was stopped or lost its lease. */
  readonly signal: AbortSignal;
}

/** The client of one reconcile: its writes are caused by the reconcile's span, and noted so that the next one sees them. */
export class ReconcileClient implements ApiClient {
  /** What it created and the server acknowledged. */
  readonly created: KubeObject[] = [];

  constructor(private readonly options: ReconcileClientOptions) {}

  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, options?: { readonly resourceVersion?: string; readonly signal?: AbortSignal }): Promise<T | undefined> {
    return this.options.inner.get(kind, ref, options);
  }

  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<ListResult<T>> {
    return this.options.inner.list(kind, options);
  }

  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions, handler: WatchHandler<T>): WatchHandle {
    return this.options.inner.watch(kind, options, handler);
  }

  async create<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T> {
    const answer = await this.#write((api) => api.create(object, options), options);
    if (!options?.dryRun) this.created.push(answer);
    return answer;
  }

  update<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T> {
    return this.#present(object, object.metadata, () => this.#write((api) => api.update(object, options), options));
  }

  updateStatus<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T> {
    return this.#present(object, object.metadata, () => this.#write((api) => api.updateStatus(object, options), options));
  }

  patch<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: WriteOptions & { readonly subresource?: string }): Promise<T> {
    return this.#present(kind, ref, () => this.#write((api) => api.patch(kind, ref, patch, options), options));
  }

  async delete(target: KubeObject | { readonly kind: Kind<KubeObject>; readonly ref: ObjectRef }, options?: DeleteOptions): Promise<void> {
    const { caches } = this.options;
    const byRef = 'ref' in target;
    const kind = byRef ? target.kind : target;
    const ref = byRef ? target.ref : target.metadata;
    const uid = byRef ? caches.uidOf(kind, ref) : target.metadata.uid;
    await this.#present(kind, ref, () => this.#run((api) => api.delete(target, options)));
    if (uid === undefined || options?.dryRun) return;
    for (const expectations of caches.expectationsOf(kind)) expectations.deleted(objectKey(ref), uid);
  }

  deleteCollection<T extends KubeObject>(kind: Kind<T>, selection: Selection, options?: DeleteOptions): Promise<void> {
    return this.#run((api) => api.deleteCollection(kind, selection, options));
  }

  async subresource<B, R>(kind: Kind<KubeObject>, ref: ObjectRef, subresource: string, verb: 'get' | 'create' | 'update', body?: B): Promise<R> {
    if (verb === 'get') return this.options.inner.subresource<B, R>(kind, ref, subresource, verb, body);
    const answer = await this.#run((api) => api.subresource<B, R>(kind, ref, subresource, verb, body));
    const revision = revisionOf((answer as Partial<KubeObject> | undefined)?.metadata?.resourceVersion);
    for (const expectations of this.options.caches.expectationsOf(kind)) expectations.reached(revision);
    return answer;
  }

  async #write<T extends KubeObject>(write: (api: ApiClient) => Promise<T>, options: WriteOptions | undefined): Promise<T> {
    const answer = await this.#run(write);
    if (!options?.dryRun) for (const expectations of this.options.caches.expectationsOf(answer)) expectations.written(objectKey(answer), answer);
    return answer;
  }

  /**
   * A write to something that the cache still shows may find it gone. Then the cache is behind, and looking at it again
   * before it has caught up would only repeat what was done in vain; what the reconcile created meanwhile is collected
   * with its dead owner, and its event would wake the key at once, time after time.
   */
  async #present<R>(kind: Pick<KubeObject, 'apiVersion' | 'kind'>, ref: ObjectRef, write: () => Promise<R>): Promise<R> {
    const { caches } = this.options;
    const uid = caches.uidOf(kind, ref);
    try {
      return await write();
    } catch (error) {
      // A path that is not served is not found either, but then the answer names no object.
      if (uid !== undefined && isStatus(error, 'NotFound') && (error as StatusError).details.name === ref.name) {
        for (const expectations of caches.expectationsOf(kind)) expectations.deleted(objectKey(ref), uid);
      }
      throw error;
    }
  }

  async #run<R>(write: (api: ApiClient) => Promise<R>): Promise<R> {
    const { signal, span, inner } = this.options;
    signal.throwIfAborted();
    return span.run(() => write(inner));
  }
}
