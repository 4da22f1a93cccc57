import { kindsOf, type Kind } from '../../kind.ts';
import type {
  Event as EventObject,
} from '../../../generated/types/events-v1.ts';

export type {
  EventList, EventSeries,
} from '../../../generated/types/events-v1.ts';

const define = kindsOf({ group: 'events.k8s.io', version: 'v1', package: 'io.k8s.api.events.v1' });

export type Event = EventObject;
/** The Event kind of events.k8s.io/v1. */
export const Event: Kind<EventObject> = define('Event', {
  shortNames: ['ev'],
  storage: { group: '', version: 'v1' },
  selectableFields: [
    'regarding.kind', 'regarding.namespace', 'regarding.name', 'regarding.uid', 'regarding.apiVersion',
    'regarding.resourceVersion', 'regarding.fieldPath', 'reason', 'reportingController', 'type',
  ],
});
