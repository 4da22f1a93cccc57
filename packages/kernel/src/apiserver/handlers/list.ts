import { CompactedError, FutureRevisionError, type SortedMap } from '../../storage/index.ts';
import { CachedObject, selectInTurns, type ObjectSelector } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import { badRequest, expired } from '../api-errors.ts';
import { prefixEnd, SortedMap as Sorted } from '../../storage/index.ts';
import type { ApiRequest, ListReply, Reply } from '../request.ts';
import type { ResourceStorage } from '../registry/served-resource.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { storageOf } from './get.ts';
import { awaitRevision, parseRevision } from './revision.ts';
import { selection } from './selection.ts';

/** LIST: a snapshot of the cache, or an older one where the request names it; paged over one fixed revision. */
export async function listObjects(context: ApiContext, request: ApiRequest): Promise<Reply> {
  const { kind, conversion } = request.resource;
  const storage = storageOf(request);
  const selector = selection(kind, request.namespace, request.name, request.query, conversion);
  const limit = parseLimit(request.query.get('limit'));
  const token = request.query.get('continue') ?? '';
  const start = token === '' ? await firstPage(context, request, storage) : await nextPage(context, request, storage, token);
  return { type: 'list', list: await page(context, request, storage, { selector, start, limit }) };
}

interface Start {
  readonly state: SortedMap<CachedObject>;
  readonly revision: number;
  /** First key of the page, exclusive of what came before. */
  readonly from: string | undefined;
}

async function firstPage(context: ApiContext, request: ApiRequest, storage: ResourceStorage): Promise<Start> {
  const version = request.query.get('resourceVersion') ?? '';
  const match = request.query.get('resourceVersionMatch') ?? '';
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    throw badRequest(`resourceVersionMatch: Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`);
  }
  if (match !== '' && version === '') throw badRequest('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (match === 'Exact') {
    const revision = parseRevision(version);
    if (revision === 0) throw badRequest('resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    return { state: await stateAt(context, storage, revision), revision, from: undefined };
  }
  if (version !== '' && version !== '0') await awaitRevision(context, storage, parseRevision(version));
  return { state: storage.cache.state, revision: storage.cache.revision, from: undefined };
}

async function nextPage(context: ApiContext, request: ApiRequest, storage: ResourceStorage, token: string): Promise<Start> {
  const version = request.query.get('resourceVersion') ?? '';
  if (version !== '' && version !== '0') throw badRequest('specifying resource version is not allowed when using continue');
  const { revision, from } = decodeContinue(token);
  if (revision < 0) return { state: storage.cache.state, revision: storage.cache.revision, from };
  return { state: await stateAt(context, storage, revision, from), revision, from };
}

/** The resource as it was at a revision. Errors: 410 once that is compacted. */
async function stateAt(context: ApiContext, storage: ResourceStorage, revision: number, from?: string): Promise<SortedMap<CachedObject>> {
  const pinned = storage.snapshots.get(revision);
  if (pinned !== undefined) return pinned;
  await awaitRevision(context, storage, revision);
  if (storage.cache.revision === revision) return storage.cache.state;
  try {
    const range = await context.store.range({ start: storage.prefix, end: prefixEnd(storage.prefix), revision });
    const state = Sorted.empty<CachedObject>().edit();
    for (const entry of range.entries) {
      const key = entry.key.slice(storage.prefix.length);
      state.set(key, new CachedObject(key, entry.value, entry.modRevision, context.parsed));
    }
    const frozen = state.freeze();
    storage.snapshots.pin(revision, frozen);
    return frozen;
  } catch (error) {
    if (error instanceof CompactedError) {
      throw from === undefined
        ? expired(`The resourceVersion for the provided list is too old.`)
        : expired(
            'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
              'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
              'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
            encodeContinue(-1, from),
          );
    }
    if (error instanceof FutureRevisionError) throw badRequest(`resource version ${revision} is in the future`);
    throw error;
  }
}

async function page(context: ApiContext, request: ApiRequest, storage: ResourceStorage, wanted: { readonly selector: ObjectSelector; readonly start: Start; readonly limit: number }): Promise<ListReply> {
  const { selector, limit } = wanted;
  const { state, revision, from } = wanted.start;
  const base = { kind: request.resource.kind, revision, continue: undefined, remaining: undefined };
  if (limit === 0 && from === undefined) {
    const single = selector.index?.field === 'metadata.name' ? oneByName(state, selector, request) : undefined;
    if (single !== undefined) return { ...base, items: single };
  }
  const { namespace, matches } = selector;
  const start = from ?? (namespace === undefined ? undefined : `${namespace}/`);
  const end = namespace === undefined ? undefined : `${namespace}0`;
  const bounds = end === undefined ? {} : { end };
  const { items, next } = await selectInTurns(state, { ...bounds, ...(start === undefined ? {} : { start }), matches, limit }, context.nextTurn);
  if (next === undefined) return { ...base, items };
  storage.snapshots.pin(revision, state);
  const remaining = matches === undefined ? state.count({ ...bounds, start: next }) : undefined;
  return { ...base, items, continue: encodeContinue(revision, next), remaining };
}

/** A selection by name needs no scan. Undefined where the namespace is not known. */
function oneByName(state: SortedMap<CachedObject>, selector: ObjectSelector, request: ApiRequest): CachedObject[] | undefined {
  if (request.resource.kind.namespaced && selector.namespace === undefined) return undefined;
  const { value } = selector.index!;
  const found = state.get(selector.namespace === undefined ? value : `${selector.namespace}/${value}`);
  return found !== undefined && selector.matches!(found.object) ? [found] : [];
}

function parseLimit(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^-?\d{1,18}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, Number(text));
}
