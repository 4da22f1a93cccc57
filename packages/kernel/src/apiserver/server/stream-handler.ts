import type { ApiServer } from '../api-server.ts';
import type { ApiRequest } from '../request.ts';
import type { ResourcePath } from '../routing/resource-path.ts';
import type { HttpExchange } from './http-exchange.ts';

/** Answers a subresource that is a stream of bytes, not an object. */
export type StreamHandler = (server: ApiServer, request: ApiRequest, exchange: HttpExchange, path: ResourcePath) => Promise<void>;
