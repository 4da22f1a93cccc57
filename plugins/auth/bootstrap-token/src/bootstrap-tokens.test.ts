import type { Secret } from '@keelson/api/core/v1';
import type { Credentials } from '@keelson/sdk/auth';
import { bootstrapTokens } from './bootstrap-tokens.ts';

const now = Date.parse('2030-01-01T00:00:00Z');
const good = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true', 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token' };
const secret = (data: Record<string, string>, rest: Partial<Secret> = {}): Secret =>
  ({ metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' }, type: 'bootstrap.kubernetes.io/token', data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])), ...rest }) as Secret;

async function show(bearerToken: string | undefined, stored: Secret | undefined) {
  const asked: string[] = [];
  const tokens = bootstrapTokens({ get: ((_kind: unknown, { name }: { name: string }) => (asked.push(name), Promise.resolve(stored))) as never }, { now: () => now });
  return { user: await tokens.authenticate({ bearerToken } as Credentials), asked };
}

test('a token of kube-system is a bootstrapper, with the groups that it carries', async () => {
  expect(await show('abcdef.0123456789abcdef', secret(good))).toEqual({
    user: { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'] }, asked: ['bootstrap-token-abcdef'],
  });
});

test.each([undefined, '', 'eyJhbGciOi.J9.x', 'ABCDEF.0123456789abcdef', 'abcdef.0123456789abcdef0'])('nobody is asked about %j', async (token) => {
  expect(await show(token, secret(good))).toEqual({ user: undefined, asked: [] });
});

test.each([
  ['no secret', undefined],
  ['another secret part', secret({ ...good, 'token-secret': '0123456789abcdee' })],
  ['another id', secret({ ...good, 'token-id': 'abcdee' })],
  ['another type', secret(good, { type: 'Opaque' })],
  ['not for authentication', secret({ ...good, 'usage-bootstrap-authentication': 'false' })],
  ['expired', secret({ ...good, expiration: '2029-12-31T23:59:59Z' })],
  ['a time that nobody can read', secret({ ...good, expiration: 'tomorrow' })],
  ['a group that is not for bootstrappers', secret({ ...good, 'auth-extra-groups': 'system:masters' })],
])('refused: %s', async (_title, stored) => {
  expect((await show('abcdef.0123456789abcdef', stored)).user).toBeUndefined();
});

test('a time that is still to come is fine', async () => {
  expect((await show('abcdef.0123456789abcdef', secret({ ...good, expiration: '2030-01-01T00:00:01Z' }))).user).toBeDefined();
});
