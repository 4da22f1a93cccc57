import type { AccessAttributes } from '@keelson/sdk/auth';
import type { ApiContext } from '../context.ts';
import type { ApiRequest } from '../request.ts';

/** What the authorizers are asked about a resource request. */
export function attributesOf(request: ApiRequest): AccessAttributes {
  const { kind } = request.resource;
  // Access to a Namespace object is asked within that namespace, so that its own roles count, as upstream does.
  const namespace = kind.plural === 'namespaces' && kind.group === '' ? request.name : request.namespace;
  return {
    user: request.user, verb: request.verb, group: kind.group, version: kind.version, resource: kind.plural,
    subresource: request.subresource, namespace, name: request.name, path: undefined,
  };
}

/** Throws or rejects: 403 with upstream's wording. */
export function requireAccess(context: ApiContext, request: ApiRequest): void | Promise<void> {
  return context.authorize(attributesOf(request));
}
