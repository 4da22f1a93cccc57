import type { ApiContext } from '../context.ts';
import type { ApiRequest, MutableObject } from '../request.ts';

/** PLACEHOLDER until apply/ lands. */
export function recordManager(_context: ApiContext, _request: ApiRequest, _next: MutableObject, _old: MutableObject | undefined): void {}
