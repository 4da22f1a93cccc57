import type { Kind } from '@keelson/api';
import type { MutableObject } from '../request.ts';
import { autoscalingV1 } from './convert-autoscaling.ts';
import { eventsV1 } from './convert-events.ts';

/** Turns objects between the served kind and the one in which they are stored; pure, input may be frozen. */
export interface Conversion {
  toStorage(object: MutableObject): MutableObject;
  fromStorage(object: MutableObject): MutableObject;
}

/** The conversion that a kind needs, or undefined if it is stored as it is served. */
export function conversionOf(kind: Kind): Conversion | undefined {
  if (kind.group === 'autoscaling' && kind.version === 'v1' && kind.kind === 'HorizontalPodAutoscaler') return autoscalingV1;
  if (kind.group === 'events.k8s.io' && kind.kind === 'Event') return eventsV1;
  return undefined;
}
