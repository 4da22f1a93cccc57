import type { AccessAttributes, UserInfo } from '@keelson/sdk/auth';
import { LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview } from '@keelson/api/authorization/v1';
import type { SpecialHandlers } from '../routing/dispatch.ts';
import type { ApiContext } from '../context.ts';
import { badRequest } from '../api-errors.ts';
import { listRules, type RbacIndex } from '../authorization/index.ts';
import { decodeBody } from '../handlers/body.ts';
import type { MutableObject } from '../mutable-object.ts';
import type { Reply } from '../request.ts';

interface ReviewSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly resourceAttributes?: { readonly namespace?: string; readonly verb?: string; readonly group?: string; readonly version?: string; readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly namespace?: string;
}

/** `kubectl auth can-i` and its kin: questions about permissions, answered and not stored. */
export function addAccessReviews(special: SpecialHandlers, index: RbacIndex, hasOtherAuthorizers: () => boolean): void {
  const group = 'authorization.k8s.io';
  special.set(`${group}/selfsubjectaccessreviews`, (context, request) => answer(context, decodeBody(request, SelfSubjectAccessReview), request.user));
  special.set(`${group}/subjectaccessreviews`, (context, request) => {
    const review = decodeBody(request, SubjectAccessReview);
    return answer(context, review, subjectOf(review));
  });
  special.set(`${group}/localsubjectaccessreviews`, (context, request) => {
    const review = decodeBody(request, LocalSubjectAccessReview);
    const namespace = specOf(review).resourceAttributes?.namespace;
    if (namespace !== request.namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${request.namespace ?? ''}`);
    return answer(context, review, subjectOf(review));
  });
  special.set(`${group}/selfsubjectrulesreviews`, (_context, request) => {
    const review = decodeBody(request, SelfSubjectRulesReview);
    const namespace = specOf(review).namespace ?? '';
    if (namespace === '') throw badRequest('no namespace on request');
    return created({ ...review, status: { ...listRules(index, request.user, namespace, hasOtherAuthorizers()) } } as MutableObject);
  });
}

async function answer(context: ApiContext, review: MutableObject, user: UserInfo): Promise<Reply> {
  const spec = specOf(review);
  const allowed = await context.mayDo(attributesFrom(spec, user));
  return created({ ...review, status: { allowed } } as unknown as MutableObject);
}

function attributesFrom(spec: ReviewSpec, user: UserInfo): AccessAttributes {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  if ((resource === undefined) === (other === undefined)) {
    throw badRequest('spec: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const base = { user, version: resource?.version ?? '', subresource: resource?.subresource ?? '' };
  if (other !== undefined) return { ...base, verb: other.verb ?? '', group: '', resource: '', namespace: undefined, name: undefined, path: other.path ?? '' };
  return {
    ...base, verb: resource!.verb ?? '', group: resource!.group ?? '', resource: resource!.resource ?? '',
    namespace: resource!.namespace === '' ? undefined : resource!.namespace, name: resource!.name === '' ? undefined : resource!.name, path: undefined,
  };
}

function subjectOf(review: MutableObject): UserInfo {
  const { user = '', groups = [], uid, extra } = specOf(review);
  if (user === '' && groups.length === 0) throw badRequest('spec.user: Invalid value: "": at least one of user or group must be specified');
  return { name: user, groups, uid, extra };
}

const specOf = (review: MutableObject): ReviewSpec => (review['spec'] ?? {}) as ReviewSpec;

function created(object: MutableObject): Reply {
  return { type: 'object', code: 201, object: { ...object, metadata: { ...object.metadata, creationTimestamp: null } } };
}
