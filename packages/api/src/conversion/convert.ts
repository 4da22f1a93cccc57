import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { eventFromCore, eventToCore } from './event.ts';
import { autoscalerFromV1, autoscalerToV1 } from './horizontal-pod-autoscaler.ts';

type Conversion = (object: never) => KubeObject;

const conversions: Readonly<Record<string, Conversion>> = {
  'v1/Event > events.k8s.io/v1/Event': eventFromCore,
  'events.k8s.io/v1/Event > v1/Event': eventToCore,
  'autoscaling/v2/HorizontalPodAutoscaler > autoscaling/v1/HorizontalPodAutoscaler': autoscalerToV1,
  'autoscaling/v1/HorizontalPodAutoscaler > autoscaling/v2/HorizontalPodAutoscaler': autoscalerFromV1,
};

/**
 * An object of one built-in version in another that shares its storage; the same object when there is nothing to do.
 * The input is not changed. Throws for kinds that do not share storage.
 */
export function convertObject(object: KubeObject, from: Kind, to: Kind): KubeObject {
  if (from === to) return object;
  const conversion = conversions[`${from.apiVersion}/${from.kind} > ${to.apiVersion}/${to.kind}`] as ((object: KubeObject) => KubeObject) | undefined;
  if (conversion === undefined) throw new Error(`no conversion from ${from.kind} of ${from.apiVersion} to ${to.kind} of ${to.apiVersion}`);
  return conversion(object);
}
