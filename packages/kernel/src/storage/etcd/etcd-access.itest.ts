import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Clock } from '@keelson/sdk';
import { describeWith, findProgram, program } from '../../../../../tools/jest/require-part.ts';
import { createAuthority, issueLeaf, type KeyedCertificate } from '../../apiserver/pki/index.ts';
import { StoreUnavailableError, type Store } from '../contract.ts';
import { EtcdProcesses } from './etcd-process.ts';
import { openEtcdStore, type EtcdStoreOptions } from './etcd-store.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

describeWith(program('etcd'))('access to etcd', () => {
  describe('with certificates', () => {
    const validity = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 3_600_000 };
    let folder: string;
    let cluster: EtcdProcesses;
    let authority: KeyedCertificate;
    let client: KeyedCertificate;
    let stranger: KeyedCertificate;
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'keelson-etcd-tls-'));
      authority = await createAuthority('etcd authority', validity);
      const server = await issueLeaf(authority, { commonName: 'etcd', usage: 'server', hosts: ['127.0.0.1'] }, validity);
      client = await issueLeaf(authority, { commonName: 'keelson', usage: 'client' }, validity);
      stranger = await issueLeaf(await createAuthority('elsewhere', validity), { commonName: 'keelson', usage: 'client' }, validity);
      cluster = await EtcdProcesses.start(findProgram('etcd')!, 1, { cert: file('server.crt', server.certificate), key: file('server.key', server.privateKey), clientAuthority: file('ca.crt', authority.certificate) });
    }, 60_000);
    afterAll(async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const open = (own?: KeyedCertificate, more: Partial<EtcdStoreOptions> = {}): Promise<Store> => {
      const pair = own === undefined ? {} : { cert: Buffer.from(own.certificate), key: Buffer.from(own.privateKey) };
      return openEtcdStore({ endpoints: cluster.endpoints, clock, tls: { ca: Buffer.from(authority.certificate), ...pair }, ...more });
    };

    it('reads, writes and watches', async () => {
      const store = await open(client);
      const seen = new Promise<number>((resolve) => store.watch({ start: '/', end: '0' }, { batch: ({ revision }) => resolve(revision), end: () => undefined }));
      const { revision } = await store.txn({ compare: [], ops: [{ type: 'put', key: '/a', value: Buffer.from('x') }] });
      expect(await seen).toBe(revision);
      await store.close();
    });

    it.each<[string, () => Promise<Store>, RegExp]>([
      ['without a certificate of its own', () => open(undefined, { requestMs: 1000 }), /https:\/\/127\.0\.0\.1:\d+: it refuses the client certificate/],
      ['with one that a stranger signed', () => open(stranger, { requestMs: 1000 }), /https:\/\/127\.0\.0\.1:\d+: it refuses the client certificate/],
      ['trusting somebody else', () => open(client, { requestMs: 1000, tls: { ca: Buffer.from(stranger.certificate) } }), /https:\/\/127\.0\.0\.1:\d+: its certificate is not trusted/],
      ['without TLS', () => open(client, { requestMs: 1000, endpoints: cluster.endpoints.map((endpoint) => endpoint.replace('https', 'http')) }), /http:\/\/127\.0\.0\.1:\d+: .*https:\/\//],
    ])('says what is wrong %s', async (_what, attempt, message) => {
      const error = await attempt().then(() => undefined, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect((error as Error).message).toMatch(message);
    });
  });

  describe('with a user and a password', () => {
    let cluster: EtcdProcesses;
    const password = 'right';
    const gateway = async (path: string, body: object, token?: string): Promise<{ readonly token?: string }> => {
      const answer = await fetch(`${cluster.endpoints[0]}/v3/${path}`, { method: 'POST', body: JSON.stringify(body), ...(token === undefined ? {} : { headers: { authorization: token } }) });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return (await answer.json()) as { readonly token?: string };
    };

    beforeAll(async () => {
      cluster = await EtcdProcesses.start(findProgram('etcd')!, 1);
      await cluster.leader();
      await gateway('auth/user/add', { name: 'root', password });
      await gateway('auth/user/grant', { user: 'root', role: 'root' });
      await gateway('auth/enable', {});
    }, 60_000);
    afterAll(() => cluster.stop());

    const open = (more: Partial<EtcdStoreOptions> = {}): Promise<Store> => openEtcdStore({ endpoints: cluster.endpoints, clock, auth: { username: 'root', password }, ...more });

    it('reads, writes and watches, also when its token no longer counts', async () => {
      const store = await open();
      const revisions: number[] = [];
      store.watch({ start: '/', end: '0' }, { batch: ({ revision }) => revisions.push(revision), end: () => undefined });
      const put = (value: string): Promise<{ readonly revision: number }> => store.txn({ compare: [], ops: [{ type: 'put', key: '/a', value: Buffer.from(value) }] });
      const first = await put('1');
      // A new password, be it the same, makes the tokens of before worthless.
      const { token } = await gateway('auth/authenticate', { name: 'root', password });
      await gateway('auth/user/changepw', { name: 'root', password }, token);
      const second = await put('2');
      for (const end = performance.now() + 10_000; revisions.length < 2 && performance.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(revisions).toEqual([first.revision, second.revision]);
      await store.close();
    });

    it('says that the password is wrong, or that one is needed', async () => {
      await expect(open({ requestMs: 1000, auth: { username: 'root', password: 'wrong' } })).rejects.toThrow(/http:\/\/127\.0\.0\.1:\d+: .*authentication failed/);
      const { auth: _none, ...anonymous } = { endpoints: cluster.endpoints, clock, requestMs: 1000, auth: undefined };
      await expect(openEtcdStore(anonymous)).rejects.toThrow(/user name is empty/);
    });
  });
});
