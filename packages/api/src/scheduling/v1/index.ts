import { kindsOf, type Kind } from '../../kind.ts';
import type {
  PriorityClass as PriorityClassObject,
} from '../../../generated/types/scheduling-v1.ts';

export type {
  PriorityClassList,
} from '../../../generated/types/scheduling-v1.ts';

const define = kindsOf({ group: 'scheduling.k8s.io', version: 'v1', package: 'io.k8s.api.scheduling.v1' });

export type PriorityClass = PriorityClassObject;
/** The PriorityClass kind of scheduling.k8s.io/v1. */
export const PriorityClass: Kind<PriorityClassObject> = define('PriorityClass', {
  shortNames: ['pc'],
  namespaced: false,
});
