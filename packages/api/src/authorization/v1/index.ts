import { kindsOf, type Kind } from '../../kind.ts';
import type {
  LocalSubjectAccessReview as LocalSubjectAccessReviewObject,
  SelfSubjectAccessReview as SelfSubjectAccessReviewObject, SelfSubjectRulesReview as SelfSubjectRulesReviewObject,
  SubjectAccessReview as SubjectAccessReviewObject,
} from '../../../generated/types/authorization-v1.ts';

export type {
  FieldSelectorAttributes, LabelSelectorAttributes, NonResourceAttributes, NonResourceRule, ResourceAttributes,
  ResourceRule, SelfSubjectAccessReviewSpec, SelfSubjectRulesReviewSpec, SubjectAccessReviewSpec,
  SubjectAccessReviewStatus, SubjectRulesReviewStatus,
} from '../../../generated/types/authorization-v1.ts';

const define = kindsOf({ group: 'authorization.k8s.io', version: 'v1', package: 'io.k8s.api.authorization.v1' });

export type LocalSubjectAccessReview = LocalSubjectAccessReviewObject;
/** The LocalSubjectAccessReview kind of authorization.k8s.io/v1. */
export const LocalSubjectAccessReview: Kind<LocalSubjectAccessReviewObject> = define('LocalSubjectAccessReview', {
  verbs: ['create'],
});

export type SelfSubjectAccessReview = SelfSubjectAccessReviewObject;
/** The SelfSubjectAccessReview kind of authorization.k8s.io/v1. */
export const SelfSubjectAccessReview: Kind<SelfSubjectAccessReviewObject> = define('SelfSubjectAccessReview', {
  namespaced: false,
  verbs: ['create'],
});

export type SelfSubjectRulesReview = SelfSubjectRulesReviewObject;
/** The SelfSubjectRulesReview kind of authorization.k8s.io/v1. */
export const SelfSubjectRulesReview: Kind<SelfSubjectRulesReviewObject> = define('SelfSubjectRulesReview', {
  namespaced: false,
  verbs: ['create'],
});

export type SubjectAccessReview = SubjectAccessReviewObject;
/** The SubjectAccessReview kind of authorization.k8s.io/v1. */
export const SubjectAccessReview: Kind<SubjectAccessReviewObject> = define('SubjectAccessReview', {
  namespaced: false,
  verbs: ['create'],
});
