import { timingSafeEqual } from 'node:crypto';
import { Secret } from '@keelson/api/core/v1';
import type { ApiClient, Clock } from '@keelson/sdk';
import type { Authenticator, UserInfo } from '@keelson/sdk/auth';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const bootstrappers = 'system:bootstrappers';

/** Knows the tokens `id.secret` of secrets `kube-system/bootstrap-token-<id>`, as upstream has them. */
export function bootstrapTokens(api: Pick<ApiClient, 'get'>, clock: Pick<Clock, 'now'>): Authenticator {
  return {
    name: 'bootstrap-token',
    async authenticate({ bearerToken = '' }) {
      const [, id, secret] = form.exec(bearerToken) ?? [];
      if (id === undefined || secret === undefined) return undefined;
      const found = await api.get(Secret, { namespace: 'kube-system', name: `bootstrap-token-${id}` });
      return found === undefined ? undefined : userOf(found, { id, secret, now: clock.now() });
    },
  };
}

/** Who shows the token; undefined when the secret is none for it, is for something else, or has expired. */
export function userOf(found: Secret, shown: { readonly id: string; readonly secret: string; readonly now: number }): UserInfo | undefined {
  const text = (key: string): string => Buffer.from(found.data?.[key] ?? '', 'base64').toString('utf8');
  if (found.type !== 'bootstrap.kubernetes.io/token' || found.metadata.deletionTimestamp !== undefined) return undefined;
  if (!isSame(text('token-secret'), shown.secret) || text('token-id') !== shown.id) return undefined;
  if (text('usage-bootstrap-authentication') !== 'true') return undefined;
  const expiration = text('expiration');
  // A time that cannot be read counts as over.
  if (expiration !== '' && !(Date.parse(expiration) > shown.now)) return undefined;
  const extra = text('auth-extra-groups').split(',').map((group) => group.trim()).filter((group) => group !== '');
  if (extra.some((group) => !groupForm.test(group))) return undefined;
  return { name: `system:bootstrap:${shown.id}`, groups: [...new Set([bootstrappers, ...extra])] };
}

function isSame(stored: string, shown: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(shown)];
  return a.length === b.length && timingSafeEqual(a, b);
}
