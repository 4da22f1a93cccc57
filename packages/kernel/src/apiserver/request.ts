import type { Kind, Verb } from '@keelson/api';
import type { UserInfo } from '@keelson/sdk/auth';
import type { CachedObject } from '../watch/index.ts';
import type { ServedResource } from './registry/served-resource.ts';

/** What came with a write: an object of the same process, or bytes to be decoded by content type. */
export type RequestBody =
  | { readonly type: 'object'; readonly value: unknown }
  | { readonly type: 'bytes'; readonly contentType: string; readonly bytes: Buffer };

/** Query parameters, whatever carried them. */
export interface QueryReader {
  get(name: string): string | undefined;
}

/** A resource request after routing, authentication and authorization; the same for HTTP and in-process callers. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly resource: ServedResource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** '' for the object itself. */
  readonly subresource: string;
  readonly user: UserInfo;
  readonly query: QueryReader;
  readonly body: RequestBody | undefined;
  /** First part of it is the default field manager. */
  readonly userAgent: string;
  readonly signal: AbortSignal | undefined;
  /** Adds a `Warning: 299` header to the answer. */
  warn(text: string): void;
}

/** What a handler answers; the caller renders it (bytes, Table, parsed object). */
export type Reply =
  | { readonly type: 'cached'; readonly code: 200 | 201; readonly kind: Kind; readonly cached: CachedObject }
  | { readonly type: 'object'; readonly code: 200 | 201 | 202; readonly object: object }
  | { readonly type: 'list'; readonly list: ListReply }
  | { readonly type: 'text'; readonly code: 200; readonly text: string };

export interface ListReply {
  readonly kind: Kind;
  readonly items: readonly CachedObject[];
  readonly revision: number;
  readonly continue: string | undefined;
  readonly remaining: number | undefined;
}
