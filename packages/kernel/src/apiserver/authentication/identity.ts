import type { UserInfo } from '@keelson/sdk/auth';

/** User and group names with a meaning of their own. */
export const anonymousUser = 'system:anonymous';
export const authenticatedGroup = 'system:authenticated';
export const unauthenticatedGroup = 'system:unauthenticated';
export const mastersGroup = 'system:masters';
export const nodesGroup = 'system:nodes';
export const serviceAccountsGroup = 'system:serviceaccounts';

const serviceAccountPrefix = 'system:serviceaccount:';

/** The caller without credentials; shared, so that what is cached by user object stays cached. */
export const anonymous: UserInfo = Object.freeze({ name: anonymousUser, groups: Object.freeze([unauthenticatedGroup]) });

/** User name of a service account. */
export function serviceAccountUserName(namespace: string, name: string): string {
  return `${serviceAccountPrefix}${namespace}:${name}`;
}

/** Groups of every service account of a namespace. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return [serviceAccountsGroup, `${serviceAccountsGroup}:${namespace}`];
}

/** Namespace and name from a user name; undefined when it names no service account. */
export function parseServiceAccountUser(userName: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!userName.startsWith(serviceAccountPrefix)) return undefined;
  const parts = userName.slice(serviceAccountPrefix.length).split(':');
  const [namespace, name] = parts;
  return parts.length === 2 && namespace && name ? { namespace, name } : undefined;
}

/** Adds the group of all known users, as the server does after every success. */
export function asAuthenticated(user: UserInfo): UserInfo {
  if (user.name === anonymousUser || user.groups.includes(authenticatedGroup) || user.groups.includes(unauthenticatedGroup)) return user;
  return Object.freeze({ ...user, groups: Object.freeze([...user.groups, authenticatedGroup]) });
}
