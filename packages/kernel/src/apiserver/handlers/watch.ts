import { selectFrom, selectInTurns, WindowExceededError, type CachedObject, type ObjectSelector } from '../../watch/index.ts';
import type { ApiContext } from '../context.ts';
import { badRequest, expired } from '../api-errors.ts';
import type { ApiRequest } from '../request.ts';
import type { ResourceStorage } from '../registry/served-resource.ts';
import { storageOf } from './get.ts';
import { awaitRevision, parseRevision } from './revision.ts';
import { selection } from './selection.ts';

/** Where a watch begins and what it selects; how events are delivered is the caller's matter. */
export interface WatchPlan {
  readonly storage: ResourceStorage;
  readonly selector: ObjectSelector;
  /** Present objects to report as ADDED before anything else. */
  readonly initial: readonly CachedObject[];
  /** Live events follow after this revision. */
  readonly from: number;
  readonly bookmarks: boolean;
  /** A bookmark marked `k8s.io/initial-events-end` follows the initial objects. */
  readonly markInitialEnd: boolean;
  readonly timeoutSeconds: number | undefined;
}

/**
 * Reads the options of a watch. The subscription that follows must begin at the plan's revision: then no event is lost,
 * however long it takes to hand over the initial objects.
 * Errors: 400, 410 Expired.
 */
export async function planWatch(context: ApiContext, request: ApiRequest): Promise<WatchPlan> {
  const { kind, conversion } = request.resource;
  const storage = storageOf(request);
  const { query } = request;
  const selector = selection(kind, request.namespace, request.name, query, conversion);
  const bookmarks = flag(query.get('allowWatchBookmarks'));
  const sendInitial = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch');
  if (sendInitial !== undefined && match !== 'NotOlderThan') {
    throw badRequest('resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (sendInitial === undefined && match !== undefined && match !== '') {
    throw badRequest('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  }
  const version = query.get('resourceVersion') ?? '';
  const revision = version === '' ? 0 : parseRevision(version);
  const timeoutText = query.get('timeoutSeconds');
  const timeoutSeconds = timeoutText === undefined || !/^\d+$/.test(timeoutText) ? undefined : Number(timeoutText);
  const withInitial = flag(sendInitial) || (sendInitial === undefined && revision === 0);
  if (revision > 0) await awaitRevision(context, storage, revision);
  if (!withInitial && revision > 0 && revision < storage.cache.oldestRevision) throw gone(revision, storage.cache.oldestRevision);
  const from = withInitial || revision === 0 ? storage.cache.revision : revision;
  return {
    storage, selector, from, bookmarks, timeoutSeconds,
    initial: withInitial ? await present(context, storage, selector) : [],
    markInitialEnd: flag(sendInitial) && bookmarks,
  };
}

/** What is there now; by the time it has been found, more may have happened, which the watch reports from its revision on. */
async function present(context: ApiContext, { cache }: ResourceStorage, selector: ObjectSelector): Promise<readonly CachedObject[]> {
  const { namespace, matches } = selector;
  if (matches === undefined) return selectFrom(cache.state, selector);
  const range = namespace === undefined ? {} : { start: `${namespace}/`, end: `${namespace}0` };
  return (await selectInTurns(cache.state, { ...range, matches, limit: 0 }, context.nextTurn)).items;
}

/** The API's form of the cache's errors. */
export function watchError(error: Error): Error {
  return error instanceof WindowExceededError ? gone(error.requested, error.oldest) : error;
}

function gone(requested: number, oldest: number) {
  return expired(`too old resource version: ${requested} (${oldest})`);
}

const flag = (value: string | undefined): boolean => value === 'true' || value === '1';

