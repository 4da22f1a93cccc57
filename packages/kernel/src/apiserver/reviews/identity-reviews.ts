import { SelfSubjectReview, TokenReview } from '@keelson/api/authentication/v1';
import type { UserInfo } from '@keelson/sdk/auth';
import type { Authenticate } from '../authentication/index.ts';
import { decodeBody } from '../handlers/body.ts';
import type { SpecialHandlers } from '../routing/dispatch.ts';

/** TokenReview and SelfSubjectReview (`kubectl auth whoami`). */
export function addIdentityReviews(special: SpecialHandlers, authenticate: Authenticate): void {
  special.set('authentication.k8s.io/selfsubjectreviews', (context, request) => {
    const review = decodeBody(request, SelfSubjectReview);
    const creationTimestamp = new Date(context.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    return { type: 'object', code: 201, object: { ...review, metadata: { ...review.metadata, creationTimestamp }, status: { userInfo: userInfo(request.user) } } };
  });
  special.set('authentication.k8s.io/tokenreviews', async (_context, request) => {
    const review = decodeBody(request, TokenReview);
    const spec = review['spec'] as { token?: string } | undefined;
    const status = await verdict(authenticate, spec?.token ?? '');
    return { type: 'object', code: 201, object: { ...review, metadata: { ...review.metadata, creationTimestamp: null }, spec: { ...spec, token: spec?.token }, status } };
  });
}

async function verdict(authenticate: Authenticate, bearerToken: string): Promise<object> {
  if (bearerToken === '') return { authenticated: false, error: 'no token was given', user: {} };
  try {
    const user = await authenticate({ bearerToken, header: () => undefined, remoteAddress: undefined, clientCertificate: undefined });
    return { authenticated: true, user: userInfo(user) };
  } catch {
    return { authenticated: false, error: 'the token is not valid', user: {} };
  }
}

function userInfo(user: UserInfo): object {
  return {
    username: user.name,
    ...(user.uid === undefined || user.uid === '' ? {} : { uid: user.uid }),
    groups: [...user.groups],
    ...(user.extra === undefined || Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
  };
}
