import { kindsOf, type Kind } from '../../kind.ts';
import type {
  RuntimeClass as RuntimeClassObject,
} from '../../../generated/types/node-v1.ts';

export type {
  Overhead, RuntimeClassList, Scheduling,
} from '../../../generated/types/node-v1.ts';

const define = kindsOf({ group: 'node.k8s.io', version: 'v1', package: 'io.k8s.api.node.v1' });

export type RuntimeClass = RuntimeClassObject;
/** The RuntimeClass kind of node.k8s.io/v1. */
export const RuntimeClass: Kind<RuntimeClassObject> = define('RuntimeClass', { namespaced: false });
