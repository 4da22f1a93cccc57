import type { ApiContext } from '../context.ts';
import { noSuchPath } from '../api-errors.ts';
import type { ApiRequest, Reply } from '../request.ts';
/** PLACEHOLDER until apply/ lands. */
export function applyObject(_context: ApiContext, _request: ApiRequest): Promise<Reply> { throw noSuchPath(); }
