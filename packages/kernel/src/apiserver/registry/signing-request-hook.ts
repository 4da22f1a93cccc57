import type { KindHook } from './kind-hooks.ts';

interface SigningRequestFields {
  spec?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
}

/** Who asks for a certificate is what the server knows, never what the request says of itself. */
export const signingRequestHook: KindHook = {
  beforeCreate(object, { user }) {
    const { username: _username, uid: _uid, groups: _groups, extra: _extra, ...spec } = (object as SigningRequestFields).spec ?? {};
    const extra = Object.entries(user.extra ?? {}).map(([key, values]) => [key, [...values]]);
    (object as SigningRequestFields).spec = {
      ...spec,
      username: user.name,
      ...(user.uid === undefined || user.uid === '' ? {} : { uid: user.uid }),
      groups: [...user.groups],
      ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) as Record<string, string[]> }),
    };
    return undefined;
  },
};
