import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostState, Inventory } from '@keelson/hosts';
import { describeWith, findProgram, program } from '../../../../tools/jest/require-part.ts';

const repository = join(__dirname, '../../../..');
const run = promisify(execFile);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const parts = ['ip', 'nsenter', 'containerd', 'ctr', 'runc', 'nft', 'kubectl', 'busybox'];
const machine = {
  name: 'root, containerd, its parts and the images',
  missing: () => {
    if (process.getuid?.() !== 0) return 'not root';
    return parts.map((name) => program(name).missing()).find((reason) => reason !== undefined) ?? (existsSync(join(repository, '.keelson/images/pause.tar')) ? undefined : 'no .keelson/images/pause.tar; node tools/images/build.mjs makes it');
  },
};

const pods = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: echo }
spec:
  replicas: 4
  selector: { matchLabels: { app: echo } }
  template:
    metadata: { labels: { app: echo } }
    spec:
      containers: [{ name: echo, image: 'keelson.dev/echo:1', imagePullPolicy: IfNotPresent }]
`;

/** Also of a process that nobody has collected yet. */
function hasEnded(pid: number | string): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

describeWith(machine)('keelson up --hosts', () => {
  let home: string;
  let up: ChildProcess | undefined;
  let keelson: readonly string[];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'keelson-up-hosts-'));
    // Built as the launcher does it, so that agents start the same program.
    await run(process.execPath, [join(repository, 'packages/cli/bin/keelson.mjs'), '--version']);
    keelson = [process.execPath, join(repository, 'packages/cli/dist/keelson.cjs')];
    createRequire(__filename).resolve(keelson[1]!);
  }, 120_000);
  afterAll(async () => {
    await stop('SIGINT');
    await clear();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  const start = (): Promise<object> => {
    const [node, bundle] = keelson as [string, string];
    const child = spawn(node, [bundle, 'up', '--hosts', '2', '--api-port', '0', '-o', 'json', '--log-level', 'error'], { cwd: home, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KEELSON_HOME: join(home, 'home') } });
    up = child;
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return new Promise((resolve, reject) => {
      let text = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))) as never);
      });
      child.once('exit', (code) => reject(new Error(`up ended with ${code}: ${said}`)));
    });
  };
  const stop = async (signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
    const child = up;
    up = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  const clear = async (): Promise<void> => {
    const { removeHosts, systemPrograms } = await import('@keelson/hosts');
    await removeHosts(join(home, '.keelson'), { programs: systemPrograms, clock: { sleep: pause } as never });
  };
  const kubectl = async (...args: string[]): Promise<string> => (await run(findProgram('kubectl')!, ['--kubeconfig', join(home, '.keelson/kubeconfig'), ...args])).stdout;
  const hosts = (): readonly HostState[] => (JSON.parse(readFileSync(join(home, '.keelson/hosts/inventory.json'), 'utf8')) as Inventory).hosts;
  const id = (): string => (JSON.parse(readFileSync(join(home, '.keelson/hosts/inventory.json'), 'utf8')) as Inventory).id;
  const pids = async (): Promise<readonly string[]> => (await run('sh', ['-c', `for n in $(ip netns list | grep -o "^kl-${id()}-host[0-9]*"); do ip netns pids $n; done`])).stdout.split('\n').filter((line) => line !== '');
  const eventually = async (what: string, done: () => Promise<boolean> | boolean): Promise<void> => {
    for (let tries = 0; !(await done()); tries += 1) {
      if (tries > 240) throw new Error(`not within a minute: ${what}`);
      await pause(250);
    }
  };
  const containers = async (): Promise<readonly string[]> => (await kubectl('get', 'pods', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.status.phase} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}')).split('\n').filter((line) => line !== '').sort();
  const allRun = async (): Promise<boolean> => {
    const lines = await containers();
    return lines.length === 4 && lines.every((line) => / Running containerd:\/\//.test(line));
  };

  it('gives ready nodes on hosts of their own, with real containers that reach each other', async () => {
    expect(await start()).toMatchObject({ hosts: [{ name: 'host1' }, { name: 'host2' }], nodes: 2, runtime: 'cri' });
    const nodes = await kubectl('get', 'nodes', '-o', 'wide', '--no-headers');
    expect(nodes.trim().split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([expect.stringMatching(/^host1 Ready .* containerd:\/\/1/), expect.stringMatching(/^host2 Ready .* containerd:\/\/1/)]);
    await run('sh', ['-c', `cat <<'EOF' | "${findProgram('kubectl')}" --kubeconfig ${home}/.keelson/kubeconfig apply -f -\n${pods}\nEOF`]);
    await eventually('four pods run', allRun);
    const addresses = (await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}')).split(' ');
    for (const address of addresses) for (const { netns } of hosts()) {
      const answer = await run('nsenter', [`--net=/run/netns/${netns}`, '--', 'busybox', 'nc', '-w', '3', address, '8080', '-e', 'true']).then(() => 'connected', (error: Error) => error.message);
      expect(answer).toBe('connected');
    }
  }, 90_000);

  it('has an approver and a signer for requests of users', async () => {
    const { createCertificateRequest } = await import('@keelson/kernel/apiserver/pki');
    const { request } = await createCertificateRequest({ commonName: 'jane', organizations: ['dev'] });
    const csr = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'jane' }, spec: { request: Buffer.from(request).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } };
    await run('sh', ['-c', `echo '${JSON.stringify(csr)}' | "${findProgram('kubectl')}" --kubeconfig ${home}/.keelson/kubeconfig create -f -`]);
    await kubectl('certificate', 'approve', 'jane');
    await eventually('the certificate is there', async () => (await kubectl('get', 'csr', 'jane', '-o', 'jsonpath={.status.certificate}')) !== '');
  });

  it('an agent that is killed comes back and finds its containers as they were; one that is stopped stays away', async () => {
    const before = await containers();
    process.kill(hosts()[0]!.agentPid!, 'SIGKILL');
    await eventually('the agent is back', () => hosts()[0]!.agentRestarts === 1 && hosts()[0]!.agentPid !== undefined);
    await pause(2000);
    expect(await containers()).toEqual(before);
    process.kill(hosts()[1]!.agentPid!, 'SIGTERM');
    await eventually('the agent is gone', () => hosts()[1]!.agentPid === undefined);
    expect(hosts()[1]!.agentRestarts).toBe(0);
  }, 60_000);

  it('clears away what a killed run left, brings nodes and pods back, and leaves nothing at the end', async () => {
    await stop('SIGKILL');
    const left = await pids();
    expect(left.length).toBeGreaterThan(2);
    await start();
    for (const pid of left) expect(hasEnded(pid)).toBe(true);
    await eventually('four pods run again', allRun);
    const name = id();
    await stop('SIGINT');
    const text = async (command: string): Promise<string> => (await run('sh', ['-c', command])).stdout.trim();
    expect(await text(`ip netns list | grep kl-${name} || true`)).toBe('');
    expect(await text(`ip -o link | grep kl-${name} || true`)).toBe('');
    expect(await text(`grep -E "${home}|/run/keelson/${name}" /proc/self/mountinfo || true`)).toBe('');
    expect(await text(`find /sys/fs/cgroup -maxdepth 3 -name "keelson-${name}" || true`)).toBe('');
    expect(await text(`grep -lsa "[/]run/keelson/${name}" /proc/[0-9]*/cmdline || true`)).toBe('');
    expect(existsSync(`/run/keelson/${name}`)).toBe(false);
    expect(existsSync(join(home, '.keelson/hosts/host1/containerd'))).toBe(true);
  }, 120_000);
});
