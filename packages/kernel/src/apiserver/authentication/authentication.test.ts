import type { Clock, Random } from '@keelson/sdk';
import type { Authenticator, Credentials } from '@keelson/sdk/auth';
import { createLocalJWKSet, jwtVerify, SignJWT, type JWK } from 'jose';
import { createSigningKey } from '../pki/signing-key.ts';
import { anonymous, answerTokenRequest, createAuthentication, readImpersonation, ServiceAccountTokens } from './index.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const key = createSigningKey('ES256');

function setUp(signer = key) {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const clock = { now: () => now } as Clock;
  let count = 0;
  const random = { uuid: () => `id-${(count += 1)}` } as Random;
  type Held = { metadata: { name: string; uid: string; deletionTimestamp?: string }; spec?: { serviceAccountName: string; nodeName?: string } };
  const objects = new Map<string, Held>([
    ['sa/ns/robot', { metadata: { name: 'robot', uid: 'sa-1' } }],
    ['pod/ns/p', { metadata: { name: 'p', uid: 'pod-1' }, spec: { serviceAccountName: 'robot', nodeName: 'n1' } }],
    ['node/n1', { metadata: { name: 'n1', uid: 'node-1' } }],
    ['secret/ns/s', { metadata: { name: 's', uid: 'secret-1' } }],
  ]);
  const lookup = {
    serviceAccount: (ns: string, name: string) => objects.get(`sa/${ns}/${name}`),
    pod: (ns: string, name: string) => objects.get(`pod/${ns}/${name}`),
    node: (name: string) => objects.get(`node/${name}`),
    secret: (ns: string, name: string) => objects.get(`secret/${ns}/${name}`),
  };
  const tokens = new ServiceAccountTokens({ key: signer, issuer, lookup, clock, random });
  return { tokens, lookup, objects, advance: (ms: number) => (now += ms), now: () => now };
}

const robot = { name: 'robot', uid: 'sa-1' };
const request = { namespace: 'ns', serviceAccount: robot, audiences: [], expirationSeconds: 3600 };

describe('service-account tokens', () => {
  it.each(['ES256', 'RS256'] as const)('with %s are what jose reads and makes', async (algorithm) => {
    const signer = createSigningKey(algorithm);
    const { tokens, now } = setUp(signer);
    const { token } = tokens.issue(request);
    const keys = createLocalJWKSet({ keys: tokens.jwks().keys as unknown as JWK[] });
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer, audience: issuer, currentDate: new Date(now()) });
    expect(protectedHeader).toEqual({ alg: algorithm, kid: signer.keyId });
    expect(payload).toEqual({
      aud: [issuer], iss: issuer, iat: now() / 1000, nbf: now() / 1000, exp: now() / 1000 + 3600, jti: 'id-1', sub: 'system:serviceaccount:ns:robot',
      'kubernetes.io': { namespace: 'ns', serviceaccount: robot },
    });
    const theirs = await new SignJWT({ ...payload, jti: 'x' }).setProtectedHeader({ alg: algorithm }).sign(signer.signer);
    expect(tokens.verify(theirs)).toMatchObject({ kind: 'valid', user: { name: 'system:serviceaccount:ns:robot' } });
  });

  it('give the user that upstream gives', () => {
    const { tokens } = setUp();
    const { token } = tokens.issue({ ...request, pod: { name: 'p', uid: 'pod-1' }, node: { name: 'n1', uid: 'node-1' } });
    expect(tokens.verify(token)).toEqual({
      kind: 'valid',
      audiences: [issuer],
      user: {
        name: 'system:serviceaccount:ns:robot',
        uid: 'sa-1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=id-1'],
          'authentication.kubernetes.io/node-name': ['n1'], 'authentication.kubernetes.io/node-uid': ['node-1'],
          'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': ['pod-1'],
        },
      },
    });
    const first = tokens.verify(token);
    const second = tokens.verify(token);
    expect(first.kind === 'valid' && second.kind === 'valid' && first.user === second.user).toBe(true);
  });

  it.each<[string, (at: ReturnType<typeof setUp>) => void, string]>([
    ['time passed', ({ advance }) => advance(3_600_000), 'expired'],
    ['the account was deleted', ({ objects }) => objects.delete('sa/ns/robot'), 'service account'],
    ['the account was made anew', ({ objects }) => objects.set('sa/ns/robot', { metadata: { name: 'robot', uid: 'sa-2' } }), 'service account'],
    ['the pod was deleted', ({ objects }) => objects.delete('pod/ns/p'), 'pod'],
    ['the pod ended over a minute ago', ({ objects, now }) => objects.set('pod/ns/p', { metadata: { name: 'p', uid: 'pod-1', deletionTimestamp: new Date(now() - 61_000).toISOString() } }), 'pod'],
  ])('become invalid when %s', (_, change, why) => {
    const at = setUp();
    const { token } = at.tokens.issue({ ...request, pod: { name: 'p', uid: 'pod-1' } });
    expect(at.tokens.verify(token).kind).toBe('valid');
    change(at);
    expect(at.tokens.verify(token)).toMatchObject({ kind: 'invalid', why: expect.stringContaining(why) });
  });

  it('refuse altered claims, other keys, algorithm tricks and other audiences without repeating the token', () => {
    const { tokens } = setUp();
    const { token } = tokens.issue(request);
    const [head, body, signature] = token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:ns:admin' })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const stranger = setUp(createSigningKey('ES256')).tokens.issue(request).token;
    for (const bad of [`${head}.${altered}.${signature}`, `${none}.${body}.AA`, stranger]) {
      const verdict = tokens.verify(bad);
      expect(verdict.kind).toBe('invalid');
      expect(JSON.stringify(verdict)).not.toContain(bad);
    }
    expect(tokens.verify(tokens.issue({ ...request, audiences: ['vault'] }).token).kind).toBe('invalid');
    expect(tokens.verify(tokens.issue({ ...request, audiences: ['vault'] }).token, ['vault', 'x'])).toMatchObject({ kind: 'valid', audiences: ['vault'] });
    for (const foreign of ['abc', 'a.b.c', '', `${head}.${body}`]) expect(tokens.verify(foreign).kind).toBe('foreign');
  });

  it('of secrets live as long as the secret', () => {
    const { tokens, objects, advance } = setUp();
    const token = tokens.issueForSecret({ namespace: 'ns', serviceAccount: robot, secretName: 's' });
    advance(10 * 365 * 86_400_000);
    expect(tokens.verify(token)).toMatchObject({ kind: 'valid', user: { uid: 'sa-1' } });
    objects.delete('secret/ns/s');
    expect(tokens.verify(token).kind).toBe('invalid');
  });
});

describe('TokenRequest', () => {
  it('binds to the pod and notes its node', () => {
    const { tokens, lookup } = setUp();
    const answer = answerTokenRequest(tokens, lookup, {
      namespace: 'ns', serviceAccount: robot, body: { spec: { expirationSeconds: 7200, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } } },
    }) as { status: { token: string; expirationTimestamp: string } };
    expect(answer.status.expirationTimestamp).toBe('2026-03-01T02:00:00Z');
    expect(tokens.verify(answer.status.token)).toMatchObject({ user: { extra: { 'authentication.kubernetes.io/node-uid': ['node-1'] } } });
  });

  it.each([
    [{ expirationSeconds: 599 }, 'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes', 422],
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'missing' } }, 'pods "missing" not found', 404],
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'other' } }, 'does not match the UID in record', 409],
    [{ boundObjectRef: { kind: 'Job', apiVersion: 'batch/v1', name: 'j' } }, 'cannot bind token to object of type batch/v1, Kind=Job', 400],
  ])('refuses %j', (spec, message, httpCode) => {
    const { tokens, lookup } = setUp();
    let caught: unknown;
    try {
      answerTokenRequest(tokens, lookup, { namespace: 'ns', serviceAccount: robot, body: { spec } });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ message: expect.stringContaining(message), httpCode });
  });
});

const show = (credentials: Partial<Credentials>): Credentials => ({ header: () => undefined, remoteAddress: undefined, ...credentials });

describe('the chain', () => {
  const { tokens } = setUp();
  const basic: Authenticator = {
    name: 'basic',
    authenticate: (credentials) => (credentials.header('x-user') === 'bob' ? { name: 'bob', groups: ['g'] } : undefined),
  };
  const broken: Authenticator = { name: 'broken', authenticate: () => Promise.reject(new Error('down')) };

  it('answers certificates and tokens synchronously, with one user object per certificate', () => {
    const authenticate = createAuthentication({ tokens, contributed: [], anonymous: true });
    const certificate = { commonName: 'ann', organizations: ['system:masters'], fingerprint: 'f' };
    const user = authenticate(show({ clientCertificate: certificate }));
    expect(user).toMatchObject({ name: 'ann', groups: ['system:masters', 'system:authenticated'] });
    expect(authenticate(show({ clientCertificate: { ...certificate } }))).toBe(user);
    expect(authenticate(show({ bearerToken: tokens.issue(request).token }))).toMatchObject({ uid: 'sa-1' });
    expect(authenticate(show({}))).toBe(anonymous);
  });

  it('asks contributed authenticators, past broken ones', async () => {
    const authenticate = createAuthentication({ tokens, contributed: [broken, basic], anonymous: true });
    await expect(authenticate(show({ header: () => 'bob', bearerToken: 'opaque' }))).resolves.toEqual({ name: 'bob', groups: ['g', 'system:authenticated'] });
    await expect(Promise.resolve().then(() => authenticate(show({ bearerToken: 'opaque' })))).rejects.toMatchObject({ httpCode: 401, message: 'Unauthorized' });
  });

  it('refuses bad tokens and, when told so, anonymous callers', () => {
    const why: string[] = [];
    const strict = createAuthentication({ tokens, contributed: [], anonymous: false, onRefused: (text) => why.push(text) });
    expect(() => strict(show({}))).toThrow('Unauthorized');
    expect(() => strict(show({ bearerToken: 'opaque' }))).toThrow('Unauthorized');
    expect(why).toHaveLength(2);
    expect(why.join()).not.toContain('opaque');
  });
});

describe('impersonation', () => {
  const caller = { name: 'admin', groups: [] };

  it('lists what the caller must be allowed to', () => {
    const found = readImpersonation(caller, [
      ['Impersonate-User', 'jane'], ['impersonate-group', 'devs'], ['Impersonate-Group', 'ops'], ['Impersonate-Uid', 'u1'], ['Impersonate-Extra-Scopes%2fx', 'view'], ['Accept', '*/*'],
    ]);
    expect(found?.user).toEqual({ name: 'jane', groups: ['devs', 'ops', 'system:authenticated'], uid: 'u1', extra: { 'scopes/x': ['view'] } });
    expect(found?.checks.map(({ group, resource, subresource, name, verb }) => [group, resource, subresource, name, verb])).toEqual([
      ['', 'users', '', 'jane', 'impersonate'],
      ['', 'groups', '', 'devs', 'impersonate'],
      ['', 'groups', '', 'ops', 'impersonate'],
      ['authentication.k8s.io', 'uids', '', 'u1', 'impersonate'],
      ['authentication.k8s.io', 'userextras', 'scopes/x', 'view', 'impersonate'],
    ]);
  });

  it('knows service accounts, no headers and groups without a user', () => {
    const account = readImpersonation(caller, [['Impersonate-User', 'system:serviceaccount:ns:robot']]);
    expect(account?.user.groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated']);
    expect(account?.checks).toMatchObject([{ resource: 'serviceaccounts', namespace: 'ns', name: 'robot' }]);
    expect(readImpersonation(caller, [['authorization-or-longer', 'x']])).toBeUndefined();
    expect(() => readImpersonation(caller, [['Impersonate-Group', 'devs']])).toThrow('without impersonating a user');
  });
});
