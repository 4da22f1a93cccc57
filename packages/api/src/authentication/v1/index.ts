import { kindsOf, type Kind } from '../../kind.ts';
import type {
  SelfSubjectReview as SelfSubjectReviewObject, TokenRequest as TokenRequestObject, TokenReview as TokenReviewObject,
} from '../../../generated/types/authentication-v1.ts';

export type {
  BoundObjectReference, SelfSubjectReviewStatus, TokenRequestSpec, TokenRequestStatus, TokenReviewSpec,
  TokenReviewStatus, UserInfo,
} from '../../../generated/types/authentication-v1.ts';

const define = kindsOf({ group: 'authentication.k8s.io', version: 'v1', package: 'io.k8s.api.authentication.v1' });

export type SelfSubjectReview = SelfSubjectReviewObject;
/** The SelfSubjectReview kind of authentication.k8s.io/v1. */
export const SelfSubjectReview: Kind<SelfSubjectReviewObject> = define('SelfSubjectReview', {
  namespaced: false,
  verbs: ['create'],
});

export type TokenRequest = TokenRequestObject;
/** The TokenRequest kind of authentication.k8s.io/v1. */
export const TokenRequest: Kind<TokenRequestObject> = define('TokenRequest', { verbs: [] });

export type TokenReview = TokenReviewObject;
/** The TokenReview kind of authentication.k8s.io/v1. */
export const TokenReview: Kind<TokenReviewObject> = define('TokenReview', { namespaced: false, verbs: ['create'] });
