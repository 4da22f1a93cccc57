import type { SpanContext } from '@opentelemetry/api';
import type { Kind, KubeObject, Verb } from '@keelson/api';
import { token } from './token.ts';

/** Names one object of a kind. */
export interface ObjectRef {
  readonly name: string;
  /** Required for namespaced kinds. */
  readonly namespace?: string | undefined;
}

/** `list` and `watch` selection, in the wire's own words. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection {
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Items come from a cache and are frozen: copy before changing. */
export interface ListResult<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string | undefined;
  readonly remainingItemCount?: number | undefined;
}

export interface WatchOptions extends Selection {
  /** Exclusive. Absent or "0": synthetic ADDED events for the present state come first. */
  readonly resourceVersion?: string | undefined;
  readonly allowBookmarks?: boolean | undefined;
  /** Streaming list: initial ADDED events, then a bookmark marked `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** One change; `object` is frozen and shared by all readers of the process. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
  readonly resourceVersion: string;
  /** Span in which the write happened, where the server still knows it. */
  readonly cause?: SpanContext | undefined;
}

/** Receives a watch; calls come in order and never nest. */
export interface WatchHandler<T> {
  event(event: WatchEvent<T>): void;
  /** The stream ended: `undefined` regularly (time-out, server drain), else a StatusError (410 Expired…) or a transport error. */
  end(error?: Error): void;
}

/** Handle of a running watch. `stop` is idempotent; after it no handler method is called. */
export interface WatchHandle {
  stop(): void;
  /**
   * Resolves when every change up to `revision` (of any resource) has been handed to the handler; undefined if that is
   * so already. Absent where the transport cannot know (HTTP): events and bookmarks tell there.
   */
  reached?(revision: number): Promise<void> | undefined;
}

export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly fieldManager?: string | undefined;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type Patch =
  | { readonly type: 'json'; readonly body: readonly unknown[] }
  | { readonly type: 'merge'; readonly body: unknown }
  | { readonly type: 'strategic'; readonly body: unknown }
  | { readonly type: 'apply'; readonly body: unknown; readonly force?: boolean };

/**
 * Typed client of the Kubernetes API. The same interface in-process (no HTTP, no copies) and against any kubeconfig.
 * Every method rejects with `StatusError` for an API failure. Objects returned are frozen.
 */
export interface ApiClient {
  /** Resolves to undefined when the object does not exist. */
  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, options?: { readonly resourceVersion?: string; readonly signal?: AbortSignal }): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<ListResult<T>>;
  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions, handler: WatchHandler<T>): WatchHandle;
  /** The object names its kind by `apiVersion` and `kind`. */
  create<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T>;
  /** Fails with Conflict when `metadata.resourceVersion` is not the stored one. */
  update<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T>;
  updateStatus<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, patch: Patch, options?: WriteOptions & { readonly subresource?: string }): Promise<T>;
  /** Resolves also when the object is gone already; to the last state (or Status) otherwise. */
  delete(object: KubeObject | { readonly kind: Kind<KubeObject>; readonly ref: ObjectRef }, options?: DeleteOptions): Promise<void>;
  deleteCollection<T extends KubeObject>(kind: Kind<T>, selection: Selection, options?: DeleteOptions): Promise<void>;
  /** Any other subresource call (`scale`, `binding`, `eviction`, `token`, `finalize`). */
  subresource<B, R>(kind: Kind<KubeObject>, ref: ObjectRef, subresource: string, verb: 'get' | 'create' | 'update', body?: B): Promise<R>;
}

export const ApiClient = token<ApiClient>('keelson.api.client');

/** One call below the typed client: what the in-process server and the HTTP client both implement. */
export interface ApiCall {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** Plain object; the callee does not keep or change it. */
  readonly body?: unknown;
  readonly patchType?: Patch['type'] | undefined;
  /** Query parameters, in the wire's words (`labelSelector`, `dryRun=All`, `fieldManager`, `force`, …). */
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Transport of one identity. */
export interface ApiTransport {
  /** Resolves to the parsed, frozen answer; rejects with StatusError or a transport error. */
  call(call: ApiCall): Promise<unknown>;
  watch(call: Omit<ApiCall, 'verb' | 'body'>, handler: WatchHandler<KubeObject>): WatchHandle;
}

/** Gives each plugin a transport that acts as `system:keelson:plugin:<name>` (or as the kubeconfig's user). */
export interface ApiTransports {
  forPlugin(plugin: string): ApiTransport;
  /**
   * What a SelfSubjectAccessReview of the plugin would answer, without a request; absent where only the API server
   * knows. Rejects while there is none.
   */
  mayDo?(plugin: string, access: ResourceAccess): Promise<boolean>;
}

/** What one might do with all objects of a resource. */
export interface ResourceAccess {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Undefined: in all namespaces. */
  readonly namespace: string | undefined;
}

export const ApiTransports = token<ApiTransports>('keelson.api.transports');
