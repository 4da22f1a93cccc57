import type { Kind } from '@keelson/api';
import type { ApiServer } from '../api-server.ts';
import type { ApiRequest } from '../request.ts';
import type { ResourcePath } from '../routing/resource-path.ts';
import type { HttpExchange } from './http-exchange.ts';
import { servePodLog } from './pod-log.ts';

/** Answers a subresource that is a stream of bytes, not an object. */
export type StreamHandler = (server: ApiServer, request: ApiRequest, exchange: HttpExchange, path: ResourcePath) => Promise<void>;

const handlers: Readonly<Record<string, StreamHandler>> = { '/pods/log': servePodLog };

/** Streams by resource and subresource. */
export const streamHandlers = {
  find: (kind: Pick<Kind, 'group' | 'plural'>, subresource: string): StreamHandler | undefined =>
    subresource === '' ? undefined : handlers[`${kind.group}/${kind.plural}/${subresource}`],
};
