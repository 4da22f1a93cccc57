import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { Authentication } from './authentication.ts';
import { inClusterConfig } from './in-cluster.ts';
import { loadKubeconfig, parseKubeconfig } from './kubeconfig.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = `
apiVersion: v1
kind: Config
current-context: two
contexts:
- {name: one, context: {cluster: c, user: certificate, namespace: team}}
- {name: two, context: {cluster: c, user: token}}
- {name: lost, context: {cluster: nowhere, user: token}}
clusters:
- {name: c, cluster: {server: "https://192.0.2.1:6443", certificate-authority-data: ${Buffer.from('CA').toString('base64')}, tls-server-name: api.example.org}}
users:
- {name: certificate, user: {client-certificate: cert.pem, client-key-data: ${Buffer.from('KEY').toString('base64')}}}
- {name: token, user: {tokenFile: token}}
- {name: plugin, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: ["--as", "$(whoami) me"], env: [{name: WHO, value: x}]}}}
`;

test('reads contexts, inline data and files beside it', async () => {
  await writeFile(join(folder, 'config'), text);
  await writeFile(join(folder, 'cert.pem'), 'CERT');
  const config = await loadKubeconfig(join(folder, 'config'));
  expect([config.currentContext, ...config.contexts]).toEqual(['two', 'one', 'two', 'lost']);
  expect(await config.connection('one')).toMatchObject({ server: 'https://192.0.2.1:6443', ca: 'CA', cert: 'CERT', key: 'KEY', namespace: 'team', tlsServerName: 'api.example.org' });
  expect(await config.connection()).toMatchObject({ tokenFile: join(folder, 'token'), namespace: undefined });
});

test('says what is wrong with it', async () => {
  const config = parseKubeconfig(text, folder);
  await expect(config.connection('three')).rejects.toThrow('context "three" is not in the kubeconfig: choose one of one, two, lost');
  await expect(config.connection('lost')).rejects.toThrow('cluster "nowhere" is not in the kubeconfig');
  await expect(loadKubeconfig(join(folder, 'missing'))).rejects.toThrow('cannot be read');
  expect(() => parseKubeconfig('a: [', folder)).toThrow('not YAML');
});

test('a token file is read again after a minute, and after a refusal', async () => {
  const clock = new VirtualClock();
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'first\n');
  const authentication = new Authentication({ server: 'https://192.0.2.1', tokenFile }, clock, {});
  expect((await authentication.identity()).authorization).toBe('Bearer first');
  await writeFile(tokenFile, 'second');
  expect((await authentication.identity()).authorization).toBe('Bearer first');
  await clock.advance(61_000);
  expect((await authentication.identity()).authorization).toBe('Bearer second');
  await writeFile(tokenFile, 'third');
  expect(authentication.refused()).toBe(true);
  expect((await authentication.identity()).authorization).toBe('Bearer third');
});

describe('credential plugins', () => {
  const script = async (name: string, body: string) => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const exec = (command: string, more: object = {}) => ({ apiVersion: 'client.authentication.k8s.io/v1', command, args: [], env: {}, provideClusterInfo: false, ...more });

  test('get their arguments as they are, their environment and the info, and are run again when the answer expires', async () => {
    const clock = new VirtualClock();
    const log = join(folder, 'log');
    const command = await script('login', `printf '%s|%s|%s|%s\\n' "$1" "$2" "$WHO" "$KUBERNETES_EXEC_INFO" >> ${log}
echo '{"kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"${new Date(clock.now() + 60_000).toISOString()}"}}'`);
    const authentication = new Authentication({ server: 'https://192.0.2.1', exec: exec(command, { args: ['--as', '$(whoami) me'], env: { WHO: 'x' } }) }, clock, { PATH: '/bin:/usr/bin' });
    const [first, second] = await Promise.all([authentication.identity(), authentication.identity()]);
    expect([first.authorization, second.authorization]).toEqual(['Bearer t', 'Bearer t']);
    const lines = async () => (await readFile(log, 'utf8')).trim().split('\n');
    expect(await lines()).toHaveLength(1);
    expect((await lines())[0]).toMatch(/^--as\|\$\(whoami\) me\|x\|{"apiVersion":"client.authentication.k8s.io\/v1","kind":"ExecCredential"/);
    await clock.advance(55_000);
    await authentication.identity();
    expect(await lines()).toHaveLength(2);
  });

  test('are looked for beside the kubeconfig when their name has a slash', async () => {
    const config = parseKubeconfig(text.replace('user: token}}', 'user: plugin}}'), folder);
    expect((await config.connection('one')).exec).toBeUndefined();
    expect((await config.connection('two')).exec).toMatchObject({ command: join(folder, 'login'), args: ['--as', '$(whoami) me'], env: { WHO: 'x' } });
  });

  test('that are missing or answer nonsense are named, with the hint of the kubeconfig', async () => {
    const identity = (command: string, more = {}) => new Authentication({ server: 'https://192.0.2.1', exec: exec(command, more) }, new VirtualClock(), {}).identity();
    await expect(identity('/nowhere/login', { installHint: 'install it with care' })).rejects.toThrow(/no such program\ninstall it with care/);
    await expect(identity(await script('silent', 'echo hello'))).rejects.toThrow('answered no JSON');
    await expect(identity(await script('empty', "echo '{}'"))).rejects.toThrow('neither a token nor a certificate');
    await expect(identity(await script('broken', 'exit 3'))).rejects.toMatchObject({ code: 'KEEL_EXEC_CREDENTIAL' });
  });
});

test('in a cluster the service account is used, and outside it says so', async () => {
  await writeFile(join(folder, 'ca.crt'), 'CA');
  await writeFile(join(folder, 'namespace'), 'team\n');
  const config = await inClusterConfig({ KUBERNETES_SERVICE_HOST: '2001:db8::1', KUBERNETES_SERVICE_PORT: '443' }, folder);
  expect(config).toEqual({ server: 'https://[2001:db8::1]:443', ca: 'CA', namespace: 'team', tokenFile: join(folder, 'token') });
  await expect(inClusterConfig({})).rejects.toThrow('this process is in no pod');
});
