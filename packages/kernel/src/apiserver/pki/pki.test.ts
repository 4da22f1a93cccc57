import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { Clock } from '@keelson/sdk';
import { parse } from 'yaml';
import { fileKeyFolder, memoryKeyFolder, openClusterPki, removeFromKubeconfig, mergeKubeconfig, formatKubeconfig, writeKubeconfig, standardHosts } from './index.ts';
import type { KubeconfigEntry } from './index.ts';

const day = 86_400_000;

function clockAt(start: number): Clock & { set(now: number): void } {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now,
    after: () => ({ cancel: () => undefined }),
    sleep: () => Promise.resolve(),
    set: (next) => {
      now = next;
    },
  };
}

describe('cluster certificates', () => {
  it('names a damaged file and the way out, and starts with nothing in its place', async () => {
    const clock = clockAt(Date.parse('2026-01-01'));
    const folder = memoryKeyFolder();
    const whole = openClusterPki(folder, { clock });
    await Promise.all([whole.authority(), whole.serviceAccountKey()]);
    await whole.saved();
    const stranger = memoryKeyFolder();
    const other = openClusterPki(stranger, { clock });
    await other.authority();
    await other.saved();
    const damage: readonly [string, string, 'authority' | 'serviceAccountKey', string][] = [
      ['ca.crt', 'nonsense', 'authority', 'ca.crt (in memory) cannot be used: it is not PEM of the expected kind, or damaged; restore it from a backup, or remove ca.crt'],
      ['ca.key', 'nonsense', 'authority', 'ca.key (in memory) cannot be used: it is not PEM of the expected kind, or damaged; restore'],
      ['ca.key', (await stranger.read('ca.key'))!, 'authority', 'ca.key (in memory) cannot be used: it is the key of another certificate; restore'],
      ['ca.crt', '', 'authority', 'ca.crt (in memory) cannot be used'],
      ['sa.key', 'nonsense', 'serviceAccountKey', 'sa.key (in memory) cannot be used: it is not PEM of the expected kind, or damaged; restore it from a backup, or remove it'],
    ];
    for (const [file, text, use, words] of damage) {
      const before = (await folder.read(file))!;
      await folder.write(file, text);
      await expect(openClusterPki(folder, { clock })[use]()).rejects.toThrow(words);
      expect(await folder.read(file)).toBe(text);
      await folder.write(file, before);
    }
    const keyless = memoryKeyFolder();
    await keyless.write('ca.crt', (await folder.read('ca.crt'))!);
    await expect(openClusterPki(keyless, { clock }).authority()).rejects.toThrow('ca.crt (in memory) is there without its key ca.key');
  });

  it('makes a leaf anew whose key is damaged or another one', async () => {
    const clock = clockAt(Date.parse('2026-01-01'));
    const folder = memoryKeyFolder();
    const serving = async () => {
      const pki = openClusterPki(folder, { clock });
      const leaf = await pki.serving();
      await pki.saved();
      return leaf;
    };
    const first = await serving();
    for (const key of ['nonsense', (await folder.read('ca.key'))!]) {
      await folder.write('apiserver.key', key);
      const next = await serving();
      expect(next.certificate).not.toBe(first.certificate);
      expect(new X509Certificate(next.certificate).checkPrivateKey(createPrivateKey(next.privateKey))).toBe(true);
    }
  });

  it('names every standard host, the service address and the given hosts', async () => {
    const pki = openClusterPki(memoryKeyFolder(), { clock: clockAt(Date.parse('2026-01-01')) });
    const serving = new X509Certificate((await pki.serving(['keelson.example.org', '192.0.2.7'])).certificate);
    for (const host of [...standardHosts, '10.96.0.1', 'keelson.example.org', '192.0.2.7']) {
      expect(serving.checkHost(host) ?? serving.checkIP(host)).toBeDefined();
    }
    expect(serving.checkHost('elsewhere.example.org')).toBeUndefined();
    expect(serving.verify(new X509Certificate(await pki.authority()).publicKey)).toBe(true);
  });

  it('completes a mutual TLS handshake that shows user and groups', async () => {
    const pki = openClusterPki(memoryKeyFolder(), { clock: clockAt(Date.now()) });
    const [ca, serving, client] = [await pki.authority(), await pki.serving(), await pki.client('admin', { name: 'ann', groups: ['a', 'system:masters'] })];
    const server = createServer({ cert: serving.certificate, key: serving.privateKey, ca, requestCert: true, rejectUnauthorized: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const seen = new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, cert: client.certificate, key: client.privateKey });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const peer = (await seen).getPeerCertificate();
    expect(peer.subject.CN).toBe('ann');
    expect(peer.subject.O as unknown).toEqual(['a', 'system:masters']);
    socket.destroy();
    (await seen).destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('keeps files private, reuses them, and renews near the end or when names change', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keelson-pki-'));
    try {
      const clock = clockAt(Date.parse('2026-01-01'));
      const open = () => openClusterPki(fileKeyFolder(join(directory, 'pki')), { clock });
      const serving = async (hosts?: readonly string[]) => {
        const pki = open();
        const leaf = await pki.serving(hosts);
        await pki.saved();
        return leaf;
      };
      const first = await serving();
      expect((await stat(join(directory, 'pki', 'ca.key'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(directory, 'pki', 'ca.crt'))).mode & 0o777).toBe(0o600);
      expect(await serving()).toEqual(first);
      const wider = await serving(['new.example.org']);
      expect(wider.certificate).not.toBe(first.certificate);
      clock.set(Date.parse('2026-01-01') + 320 * day);
      const renewed = await serving(['new.example.org']);
      expect(renewed.certificate).not.toBe(wider.certificate);
      expect(Date.parse(new X509Certificate(renewed.certificate).validTo)).toBeGreaterThan(clock.now() + 300 * day);
      const key = open();
      const { keyId } = await key.serviceAccountKey();
      await key.saved();
      expect(keyId).toBe((await open().serviceAccountKey()).keyId);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says that what it made could not be kept', async () => {
    const pki = openClusterPki({ pathOf: String, read: () => Promise.resolve(undefined), write: (name) => (name === 'ca.crt' ? Promise.reject(new Error('no space')) : Promise.resolve()) }, { clock: clockAt(Date.now()) });
    expect((await pki.serving()).certificate).toContain('BEGIN CERTIFICATE');
    await expect(pki.saved()).rejects.toThrow('no space');
  });
});

describe('kubeconfig', () => {
  const entry: KubeconfigEntry = { name: 'one', server: 'https://127.0.0.1:6443', authority: 'CA', client: { certificate: 'CRT', privateKey: 'KEY' } };

  it('writes embedded data under the context of the cluster', () => {
    const config = parse(formatKubeconfig(entry)) as Record<string, unknown>;
    expect(config['current-context']).toBe('keelson-one');
    expect(config['clusters']).toEqual([{ name: 'keelson-one', cluster: { 'certificate-authority-data': 'Q0E=', server: entry.server } }]);
    expect(config['users']).toEqual([{ name: 'keelson-one', user: { 'client-certificate-data': 'Q1JU', 'client-key-data': 'S0VZ' } }]);
  });

  const foreign = `apiVersion: v1\nkind: Config\n# mine\nclusters:\n- name: other # keep\n  cluster: {server: https://192.0.2.1}\ncontexts:\n- name: other\n  context: {cluster: other, user: other}\nusers: []\ncurrent-context: other\n`;

  it('touches no entry of another tool when it adds, replaces and removes its own', () => {
    const added = mergeKubeconfig(foreign, entry);
    const twice = mergeKubeconfig(added, { ...entry, server: 'https://127.0.0.1:7443' });
    const config = parse(twice) as { clusters: { name: string; cluster: { server: string } }[] };
    expect(config.clusters.map((item) => item.name)).toEqual(['other', 'keelson-one']);
    expect(config.clusters[1]?.cluster.server).toBe('https://127.0.0.1:7443');
    expect(twice).toContain('# keep');
    const removed = parse(removeFromKubeconfig(twice, 'one')) as Record<string, unknown>;
    expect(removed['clusters']).toEqual([{ name: 'other', cluster: { server: 'https://192.0.2.1' } }]);
    expect(removed['current-context']).toBe('');
  });

  it('leaves the current context alone when told so, and refuses a file that is no kubeconfig', () => {
    expect((parse(mergeKubeconfig(foreign, entry, { makeCurrent: false })) as Record<string, unknown>)['current-context']).toBe('other');
    expect(() => mergeKubeconfig('a: 1', entry)).toThrow('not a kubeconfig');
  });

  it('writes a private file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keelson-kubeconfig-'));
    try {
      const path = join(directory, 'deep', 'config');
      await writeKubeconfig(path, entry);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await writeFile(path, foreign);
      await writeKubeconfig(path, entry);
      expect(await readFile(path, 'utf8')).toContain('name: other');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
