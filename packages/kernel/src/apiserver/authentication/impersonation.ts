import { StatusError } from '@keelson/sdk';
import type { AccessAttributes, UserInfo } from '@keelson/sdk/auth';
import { anonymousUser, asAuthenticated, parseServiceAccountUser, serviceAccountGroups, unauthenticatedGroup } from './identity.ts';

/** Whom a request wants to act as, and what its caller must be allowed to for that. */
export interface Impersonation {
  readonly user: UserInfo;
  /** All must be allowed; verb `impersonate` throughout. */
  readonly checks: readonly AccessAttributes[];
}

const extraPrefix = 'impersonate-extra-';

/**
 * Reads the impersonation headers from name and value pairs (a repeated header comes as several pairs); undefined when
 * there are none. Throws StatusError BadRequest for groups, uid or extra without a user.
 */
export function readImpersonation(caller: UserInfo, headers: Iterable<readonly [name: string, value: string]>): Impersonation | undefined {
  let name: string | undefined;
  let uid: string | undefined;
  const groups: string[] = [];
  const extra: Record<string, string[]> = {};
  for (const [header, value] of headers) {
    if (header.length < 15) continue; // shorter than Impersonate-Uid
    const lower = header.toLowerCase();
    if (lower === 'impersonate-user') name = value;
    else if (lower === 'impersonate-uid') uid = value;
    else if (lower === 'impersonate-group') groups.push(value);
    else if (lower.startsWith(extraPrefix)) (extra[decodeKey(lower.slice(extraPrefix.length))] ??= []).push(value);
  }
  if (name === undefined || name === '') {
    if (uid === undefined && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
    throw new StatusError('BadRequest', 'requested impersonation of groups, uid or extra fields without impersonating a user; set Impersonate-User');
  }
  return { user: buildUser(name, { uid, groups, extra }), checks: buildChecks(caller, name, { uid, groups, extra }) };
}

interface Asked {
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

function buildUser(name: string, { uid, groups, extra }: Asked): UserInfo {
  const account = parseServiceAccountUser(name);
  const effective = groups.length > 0 ? groups : name === anonymousUser ? [unauthenticatedGroup] : account === undefined ? [] : serviceAccountGroups(account.namespace);
  return asAuthenticated({
    name,
    groups: effective,
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  });
}

function buildChecks(user: UserInfo, name: string, { uid, groups, extra }: Asked): AccessAttributes[] {
  const check = (at: Partial<AccessAttributes>): AccessAttributes => ({
    user, verb: 'impersonate', group: '', version: 'v1', resource: '', subresource: '', namespace: undefined, name: undefined, path: undefined, ...at,
  });
  const authentication = { group: 'authentication.k8s.io', version: 'v1' };
  const account = parseServiceAccountUser(name);
  return [
    account === undefined ? check({ resource: 'users', name }) : check({ resource: 'serviceaccounts', namespace: account.namespace, name: account.name }),
    ...groups.map((group) => check({ resource: 'groups', name: group })),
    ...(uid === undefined ? [] : [check({ ...authentication, resource: 'uids', name: uid })]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => check({ ...authentication, resource: 'userextras', subresource: key, name: value })),
    ),
  ];
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // upstream takes a key that is not percent-encoded as it stands
  }
}
