import type { MutableObject } from '../request.ts';

type Fields = Record<string, unknown>;

/**
 * `events.k8s.io/v1` Events are stored as core Events, under other names
 * (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/, the `deprecated…` fields).
 */
const renamed: readonly (readonly [served: string, stored: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

export const eventsV1 = {
  toStorage: (object: MutableObject): MutableObject => rename(object, 'v1', (pair) => pair),
  fromStorage: (object: MutableObject): MutableObject => rename(object, 'events.k8s.io/v1', ([served, stored]) => [stored, served]),
};

function rename(object: MutableObject, apiVersion: string, order: (pair: readonly [string, string]) => readonly [string, string]): MutableObject {
  const result: Fields = { ...object, apiVersion };
  for (const pair of renamed) {
    const [from, to] = order(pair);
    if (result[from] === undefined) continue;
    result[to] = result[from];
    delete result[from];
  }
  return result as MutableObject;
}
