import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWith, everyPart, program, root } from '../jest/require-part.ts';
import { leftovers, nothing, onHost, type HostStatus } from './host-machine.ts';
import { KeelsonProcess } from './keelson-process.ts';
import { Kubectl } from './kubectl.ts';

const shop = fileURLToPath(new URL('../../examples/shop.yaml', import.meta.url));
const launcher = fileURLToPath(new URL('../../packages/cli/bin/keelson.mjs', import.meta.url));
const busyboxImage = fileURLToPath(new URL('../../.keelson/images/busybox.tar', import.meta.url));

type Any = any;

jest.setTimeout(240_000);

const realHosts = everyPart(root, ...['ip', 'nsenter', 'nft', 'containerd', 'runc', 'kubectl-1.27', 'kubectl-1.35'].map(program));

/** The answer to one request. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

function get(address: string, path: string, host: string, port = 80): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: address, port, path, headers: { host }, agent: false, timeout: 5000 }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode!, body }));
      answer.on('error', reject);
    });
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error(`no answer from ${address}:${port}${path}`)));
    asking.end();
  });
}

async function until<T>(what: string, ask: () => Promise<T | undefined | false>, seconds = 30): Promise<T> {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what} did not come true within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const keelson = (...args: readonly string[]): string => execFileSync(process.execPath, [launcher, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

/** Of the cluster, from the names of its namespaces. */
const idOf = (hosts: readonly HostStatus[]): string => hosts[0]!.netns.split('-')[1]!;

describeWith(realHosts)('the shop on three hosts with containerd', () => {
  let cluster: KeelsonProcess;
  let kubectl: Kubectl;
  let old: Kubectl;
  let hosts: readonly HostStatus[];
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-shop-'));
    cluster = await KeelsonProcess.start({ flags: ['--hosts', '3', '--runtime', 'cri', '--cni', 'flannel-vxlan', '--proxy', 'nftables'] });
    kubectl = new Kubectl(cluster.ready.kubeconfig, 'kubectl-1.35');
    old = new Kubectl(cluster.ready.kubeconfig, 'kubectl-1.27');
    hosts = (JSON.parse(keelson('status', '--data-dir', join(cluster.folder, 'data'), '-o', 'json')) as Any).hosts;
  });
  afterAll(async () => {
    await cluster.destroy();
    rmSync(folder, { recursive: true, force: true });
    expect(leftovers(idOf(hosts))).toEqual(nothing);
  });

  it('has three nodes with real containers', async () => {
    await kubectl.run('wait --for=condition=Ready node --all --timeout=30s');
    const nodes = await kubectl.run('get nodes -o wide');
    expect(nodes.match(/ Ready .* containerd:\/\/1\./g)).toHaveLength(3);
    for (const { address } of hosts) expect(nodes).toContain(address);
  });

  it('brings the shop up', async () => {
    expect((await kubectl.run(['apply', '-f', shop])).trim().split('\n')).toHaveLength(10);
    await kubectl.run('rollout status deploy/web --timeout=60s');
    await kubectl.run('rollout status deploy/api --timeout=60s');
    await kubectl.run('rollout status deploy/stock -n shop-stock --timeout=60s');
    const { items } = await kubectl.json<Any>('get pods -A');
    expect(new Set(items.map((pod: Any) => pod.spec.nodeName)).size).toBeGreaterThan(1);
  });

  it('resolves short, namespaced and full names in pods', async () => {
    expect(await kubectl.run('exec deploy/web -- cat /etc/resolv.conf')).toMatch(/nameserver 10\.96\.0\.10\n/);
    expect(await kubectl.run('exec deploy/web -- cat /etc/resolv.conf')).toMatch(/search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local.*\n/);
    const api = (await kubectl.json<Any>('get service api')).spec.clusterIP;
    for (const name of ['api', 'api.default', 'api.default.svc.cluster.local']) expect(await kubectl.run(`exec deploy/web -- nslookup ${name}`)).toContain(`Address: ${api}`);
    expect(await old.run('exec deploy/web -- host kubernetes')).toBe('kubernetes.default.svc.cluster.local has address 10.96.0.1\n');
    expect(await kubectl.run('exec deploy/web -- host kube-dns.kube-system')).toBe('kube-dns.kube-system.svc.cluster.local has address 10.96.0.10\n');
    expect(onHost(hosts[0]!, 'dig', '-t', 'A', 'kubernetes.default.svc.cluster.local', `@${hosts[0]!.address}`, '+short')).toBe('10.96.0.1\n');
  });

  it('reaches cluster addresses, pods of other hosts, headless names and node ports', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => kubectl.run('exec deploy/web -- wget -qO- http://api/')));
    expect(new Set(answers.map((answer) => (JSON.parse(answer) as Any).pod)).size).toBeGreaterThan(1);
    const { items } = await kubectl.json<Any>('get pods -l app=web');
    const [web] = items;
    const far = (await kubectl.json<Any>('get pods -A')).items.find((pod: Any) => pod.spec.nodeName !== web.spec.nodeName && pod.metadata.labels.app !== 'web');
    expect(await kubectl.run(`exec ${web.metadata.name} -- wget -qO- http://${far.status.podIP}:8080/`)).toContain(far.metadata.name);
    expect(await kubectl.run('exec deploy/web -- wget -qO- http://stock.shop-stock:8080/')).toContain('stock-');
    for (const { address } of hosts) expect((await get(address, '/', 'x', 30_080)).body).toContain('Open');
  });

  it.each([['kubectl-1.27', () => old], ['kubectl-1.35', () => kubectl]])('logs, exec, cp and port-forward with %s', async (_client, client) => {
    const ctl = client();
    const [pod] = (await ctl.json<Any>('get pods -l app=web')).items;
    const { name } = pod.metadata;
    expect(await ctl.run(['exec', '-i', name, '--', 'sh', '-c', 'read line; echo "got $line"; exit 0'], { input: 'hello\n' })).toBe('got hello\n');
    expect((await ctl.try(['exec', name, '--', 'sh', '-c', 'echo oops >&2; exit 7']))).toMatchObject({ code: 7, stderr: expect.stringContaining('oops') as string });
    const file = join(folder, 'page.html');
    writeFileSync(file, '<h1>copied</h1>');
    await ctl.run(['cp', file, `${name}:/tmp/page.html`]);
    await ctl.run(['cp', `${name}:/tmp/page.html`, join(folder, 'back.html')]);
    expect(readFileSync(join(folder, 'back.html'), 'utf8')).toBe('<h1>copied</h1>');
    const [api] = (await ctl.json<Any>('get pods -l app=api')).items;
    expect(await ctl.run(`logs ${api.metadata.name} --tail=1`)).not.toBe('');
    const following = ctl.spawn(`logs -f --tail=0 ${api.metadata.name}`);
    const forward = ctl.spawn(`port-forward ${api.metadata.name} :8080`);
    try {
      const port = await new Promise<number>((resolve, reject) => {
        forward.stdout!.on('data', (chunk: Buffer) => {
          const match = /127\.0\.0\.1:(\d+) ->/.exec(chunk.toString());
          if (match !== null) resolve(Number(match[1]));
        });
        forward.stderr!.on('data', (chunk: Buffer) => reject(new Error(chunk.toString())));
      });
      // Probes are in the log as well.
      const line = new Promise<void>((resolve) => following.stdout!.on('data', (chunk: Buffer) => { if (chunk.toString().includes('/through')) resolve(); }));
      const answers = await Promise.all(Array.from({ length: 10 }, () => get('127.0.0.1', '/through', 'x', port)));
      for (const { body } of answers) expect(body).toContain(api.metadata.name);
      await line;
    } finally {
      forward.kill();
      following.kill();
    }
  });

  it('serves the ingress at every host, by host and path', async () => {
    await until('the addresses of all hosts in its status', async () => {
      const { status } = await kubectl.json<Any>('get ingress shop');
      return (status.loadBalancer?.ingress ?? []).length === hosts.length;
    });
    expect(await kubectl.run('get ingress shop')).toMatch(/^shop +built-in +shop\.example\.org +\S*10\.\S+ +80 /m);
    for (const { address } of hosts) {
      expect(await get(address, '/', 'shop.example.org')).toMatchObject({ status: 200, body: expect.stringContaining('Open') as string });
      expect(JSON.parse((await get(address, '/api/x?y=1', 'shop.example.org')).body)).toMatchObject({ pod: expect.stringMatching(/^api-/) as string });
      expect((await get(address, '/', 'other.example.org')).status).toBe(404);
    }
  });

  it('takes a new rule and other pods at once, and loses no request meanwhile', async () => {
    const { address } = hosts[0]!;
    const lost: unknown[] = [];
    let served = 0;
    let over = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!over) {
        try {
          const { status, body } = await get(address, '/api', 'shop.example.org');
          if (status === 200 && body.includes('"pod"')) served++;
          else lost.push(`${status} ${body}`);
        } catch (error) {
          lost.push(error);
        }
      }
    });
    try {
      expect((await get(address, '/new', 'new.example.org')).status).toBe(404);
      const rule = { host: 'new.example.org', http: { paths: [{ path: '/new', pathType: 'Exact', backend: { service: { name: 'api', port: { number: 80 } } } }] } };
      await kubectl.run(['patch', 'ingress', 'shop', '--type=json', '-p', JSON.stringify([{ op: 'add', path: '/spec/rules/-', value: rule }])]);
      await until('the new rule', async () => (await get(address, '/new', 'new.example.org')).status === 200, 5);
      await kubectl.run('scale deploy/api --replicas=5');
      await kubectl.run('rollout status deploy/api --timeout=60s');
      await kubectl.run('rollout restart deploy/api');
      await kubectl.run('rollout status deploy/api --timeout=90s');
    } finally {
      over = true;
      await Promise.all(clients);
    }
    expect(lost).toEqual([]);
    expect(served).toBeGreaterThan(100);
    await kubectl.run('scale deploy/api --replicas=3');
  });

  it('replaces a pod that is deleted', async () => {
    const [pod] = (await kubectl.json<Any>('get pods -l app=web')).items;
    await kubectl.run(`delete pod ${pod.metadata.name}`);
    await kubectl.run('rollout status deploy/web --timeout=60s');
    expect((await kubectl.json<Any>('get pods -l app=web')).items.map((each: Any) => each.metadata.uid)).not.toContain(pod.metadata.uid);
  });

  it('loses no container when an agent is killed', async () => {
    const seen = async (): Promise<readonly string[]> =>
      (await kubectl.json<Any>('get pods -A')).items.map((pod: Any) => `${pod.metadata.uid} ${pod.status.containerStatuses[0].containerID} ${pod.status.containerStatuses[0].restartCount} ${pod.status.phase}`).sort();
    const pods = await seen();
    process.kill(hosts[1]!.agentPid, 'SIGKILL');
    await until('another agent', async () => ((JSON.parse(keelson('status', '--data-dir', join(cluster.folder, 'data'), '-o', 'json')) as Any).hosts as readonly HostStatus[])[1]!.agentPid !== hosts[1]!.agentPid);
    await kubectl.run('wait --for=condition=Ready node --all --timeout=30s');
    await kubectl.run('scale deploy/web --replicas=4');
    await kubectl.run('rollout status deploy/web --timeout=60s');
    const after = await seen();
    expect(pods.filter((pod) => !after.includes(pod))).toEqual([]);
  });

  it('tells it all in one trace, from kubectl apply to the first answer of DNS and the first request', () => {
    const answer = JSON.parse(keelson('trace', 'ingress/shop', '--data-dir', join(cluster.folder, 'data'), '--limit', '5', '-o', 'json')) as Any;
    const spans = answer.traces.flatMap((trace: Any) => trace.spans) as readonly Any[];
    const applied = spans.find((span) => span.name === 'kubectl apply');
    const names = new Set(spans.filter((span) => span.traceId === applied.traceId).map((span) => span.name));
    for (const name of [
      'schedule pod', 'sync pod', 'run sandbox', 'cni add flannel-vxlan', 'start container', 'program dns', 'program nftables',
      'milestone first-dns-answer', 'program built-in', 'milestone first-ingress-request',
    ]) expect(names).toContain(name);
  });

  it('runs an image that is given to it by a file', async () => {
    expect(keelson('image', 'import', busyboxImage, '--data-dir', join(cluster.folder, 'data'))).toContain('keelson.dev/busybox:1');
  });
});

describeWith(realHosts)('two hosts with routes instead of a tunnel', () => {
  it('has the routes of the flannel example, and pods reach each other', async () => {
    let id = '';
    const cluster = await KeelsonProcess.start({ flags: ['--hosts', '2', '--cni', 'flannel-host-gw'] });
    try {
      const kubectl = new Kubectl(cluster.ready.kubeconfig, 'kubectl-1.35');
      const { hosts } = JSON.parse(keelson('status', '--data-dir', join(cluster.folder, 'data'), '-o', 'json')) as { readonly hosts: readonly (HostStatus & { readonly podCidr: string })[] };
      id = idOf(hosts);
      await kubectl.run(['apply', '-f', shop]);
      await kubectl.run('rollout status deploy/web --timeout=60s');
      await kubectl.run('rollout status deploy/api --timeout=60s');
      await until('routes', () => Promise.resolve(onHost(hosts[0]!, 'ip', 'route').includes(hosts[1]!.podCidr)));
      const routes = onHost(hosts[0]!, 'ip', 'route');
      expect(routes).toMatch(new RegExp(`^default via \\S+ dev eth0`, 'm'));
      expect(routes).toMatch(new RegExp(`^${hosts[0]!.podCidr} dev cni0 proto kernel`, 'm'));
      expect(routes).toMatch(new RegExp(`^${hosts[1]!.podCidr} via ${hosts[1]!.address} dev eth0`, 'm'));
      expect(await kubectl.run('exec deploy/web -- wget -qO- http://api/')).toContain('"pod"');
    } finally {
      await cluster.destroy();
    }
    expect(leftovers(id)).toEqual(nothing);
  });
});

