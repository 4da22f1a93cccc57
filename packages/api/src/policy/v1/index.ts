import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  Eviction as EvictionObject, PodDisruptionBudget as PodDisruptionBudgetObject,
} from '../../../generated/types/policy-v1.ts';

export type {
  PodDisruptionBudgetList, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus,
} from '../../../generated/types/policy-v1.ts';

const define = kindsOf({ group: 'policy', version: 'v1', package: 'io.k8s.api.policy.v1' });

export type Eviction = EvictionObject;
/** The Eviction kind of policy/v1. */
export const Eviction: Kind<EvictionObject> = define('Eviction', { verbs: [] });

export type PodDisruptionBudget = PodDisruptionBudgetObject;
/** The PodDisruptionBudget kind of policy/v1. */
export const PodDisruptionBudget: Kind<PodDisruptionBudgetObject> = define('PodDisruptionBudget', {
  shortNames: ['pdb'],
  subresources: [statusSubresource],
});
