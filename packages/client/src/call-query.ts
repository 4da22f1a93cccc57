import type { DeleteOptions, ListOptions, Selection, WatchOptions, WriteOptions } from '@keelson/sdk';

type Query = Record<string, string | undefined>;

/** Query parameters of a selection, in the wire's words. */
export function selectionQuery(selection: Selection): Query {
  return {
    ...(selection.labelSelector ? { labelSelector: selection.labelSelector } : {}),
    ...(selection.fieldSelector ? { fieldSelector: selection.fieldSelector } : {}),
  };
}

/** Query parameters of a list. */
export function listQuery(options: ListOptions): Query {
  return {
    ...selectionQuery(options),
    ...(options.limit === undefined ? {} : { limit: String(options.limit) }),
    ...(options.continue ? { continue: options.continue } : {}),
    ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
    ...(options.resourceVersionMatch === undefined ? {} : { resourceVersionMatch: options.resourceVersionMatch }),
  };
}

/** Query parameters of a watch. */
export function watchQuery(options: WatchOptions): Query {
  return {
    ...selectionQuery(options),
    ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
    ...(options.allowBookmarks ? { allowWatchBookmarks: 'true' } : {}),
    ...(options.sendInitialEvents ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: String(options.timeoutSeconds) }),
  };
}

/** Query parameters of a write. */
export function writeQuery(options: WriteOptions): Query {
  return {
    ...(options.dryRun ? { dryRun: 'All' } : {}),
    ...(options.fieldManager ? { fieldManager: options.fieldManager } : {}),
    ...(options.fieldValidation ? { fieldValidation: options.fieldValidation } : {}),
  };
}

/** Body of a delete: `meta/v1.DeleteOptions`; undefined when nothing is asked for. */
export function deleteBody(options: DeleteOptions): object | undefined {
  const { propagationPolicy, gracePeriodSeconds, preconditions, dryRun } = options;
  if (!propagationPolicy && gracePeriodSeconds === undefined && !preconditions && !dryRun) return undefined;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions ? { preconditions } : {}),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
}
