import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../../../../../tools/jest/require-part.ts';
import { context, trace, type SpanContext } from '@opentelemetry/api';
import type { Attachment, PodNetwork, PodNetworkStatus } from '@keelson/sdk/cni';
import { runtimeFaultKind, type ContainerRuntime, type SandboxConfig } from '@keelson/sdk/runtime';
import { seededRandom } from '@keelson/sdk';
import { SpanName, createTracing, withSpan } from '@keelson/telemetry';
import { realClock } from '../testdata/real-clock.ts';
import { openTestRuntime } from '../testdata/open-test-runtime.ts';
import { TestContainerd, realContainerd } from '../testdata/containerd.ts';
import { shimScript } from './shim.ts';

const never = new AbortController().signal;

/** Gives each sandbox an address on a dummy-like veth pair inside its namespace; keeps account of the calls. */
class AccountNetwork implements PodNetwork {
  readonly name = 'account';
  readonly added: Attachment[] = [];
  readonly deleted: string[] = [];
  readonly causes: (SpanContext | undefined)[] = [];
  kept: ReadonlySet<string> | undefined;
  current: PodNetworkStatus = { ready: true };
  fault: Error | undefined;

  async add(at: Attachment): Promise<{ ips: { address: string; gateway: string }[] }> {
    if (this.fault !== undefined) throw this.fault;
    this.added.push(at);
    this.causes.push(trace.getSpanContext(context.active()));
    const ip = (...args: string[]): string => execFileSync('nsenter', [`--net=${at.netns}`, 'ip', ...args], { encoding: 'utf8' });
    ip('link', 'add', at.ifName, 'type', 'bridge');
    ip('addr', 'add', '10.97.9.7/24', 'dev', at.ifName);
    return { ips: [{ address: '10.97.9.7/24', gateway: '10.97.9.1' }] };
  }

  async del(at: Attachment): Promise<void> {
    this.deleted.push(at.containerId);
  }

  async check(): Promise<void> {}

  async gc(live: ReadonlySet<string>): Promise<void> {
    this.kept = live;
  }

  status(): PodNetworkStatus {
    return this.current;
  }

  onStatus(): () => void {
    return () => undefined;
  }
}

describeWith(realContainerd)('CNI calls of containerd to the agent', () => {
  let containerd: TestContainerd;
  let network: AccountNetwork;
  let runtime: ContainerRuntime;

  beforeAll(async () => {
    containerd = new TestContainerd('none');
    await containerd.start();
  }, 60_000);
  afterAll(() => containerd.destroy(), 60_000);
  beforeEach(async () => {
    network = new AccountNetwork();
    runtime = await openTestRuntime(containerd, { podNetwork: network });
    await runtime.recover([]);
  });
  afterEach(async () => {
    await runtime.close();
    const last = await openTestRuntime(containerd, { podNetwork: network });
    const { sandboxes } = await last.recover([]);
    for (const { id } of sandboxes) await last.removeSandbox(id);
    await last.close();
    expect(containerd.leftovers()).toEqual({ processes: [], mounts: [], cgroups: [], links: [] });
  }, 30_000);

  it('asks the pod network for every sandbox, and tells it of its end', async () => {
    const ports = [{ protocol: 'UDP' as const, containerPort: 53, hostPort: 5353, hostIp: '192.0.2.1' }];
    const sandbox = await runtime.runSandbox({ ...sandboxConfig, portMappings: ports }, never);
    expect(sandbox.ips).toEqual(['10.97.9.7']);
    expect(network.added).toEqual([
      {
        containerId: sandbox.id, netns: expect.stringContaining('/'), ifName: 'eth0',
        pod: { uid: 'c3d4', name: 'dns-0', namespace: 'kube-system' },
        node: { name: 'node-1', address: containerd.address, podCidr: '10.97.255.0/24' },
        portMappings: ports,
      },
    ]);
    await runtime.removeSandbox(sandbox.id);
    expect(new Set(network.deleted)).toEqual(new Set([sandbox.id]));
    const host = await runtime.runSandbox({ ...sandboxConfig, attempt: 1, hostNetwork: true }, never);
    expect(network.added).toHaveLength(1);
    await runtime.removeSandbox(host.id);
  });

  it('does its work below the span of the sandbox', async () => {
    const tracing = createTracing({ clock: realClock, random: seededRandom('trace') });
    await runtime.close();
    runtime = await openTestRuntime(containerd, { podNetwork: network, tracer: tracing.tracer('test') });
    await runtime.recover([]);
    await withSpan(tracing.tracer('test'), SpanName.syncPod, {}, () => runtime.runSandbox(sandboxConfig, never));
    const [cause] = network.causes;
    const spans = [...tracing.ring.all()];
    const sandbox = spans.find(({ name }) => name === SpanName.runSandbox)!;
    expect(cause).toMatchObject({ traceId: sandbox.traceId, spanId: sandbox.spanId });
    expect(sandbox.parentSpanId).toBe(spans.find(({ name }) => name === SpanName.syncPod)!.spanId);
    await tracing.close();
  });

  it('fails the sandbox with the words of the network, and while it is not ready', async () => {
    network.fault = new Error('range 10.97.255.0/24 has no free address');
    const full: unknown = await runtime.runSandbox(sandboxConfig, never).catch((error: unknown) => error);
    expect(runtimeFaultKind(full)).toBe('sandbox');
    expect((full as Error).message).toMatch(/^rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="keelson-cni" (name="keelson" )?failed \(add\): range 10\.97\.255\.0\/24 has no free address$/);
    network.current = { ready: false, reason: 'the node has no pod range yet' };
    await expect(runtime.runSandbox(sandboxConfig, never)).rejects.toThrow('network is not ready: the node has no pod range yet');
    network.current = { ready: true };
    network.fault = undefined;
    expect((await runtime.runSandbox(sandboxConfig, never)).ips).toEqual(['10.97.9.7']);
  });

  it('tells the next agent what lives, and says so when no agent is there', async () => {
    const { id } = await runtime.runSandbox(sandboxConfig, never);
    await runtime.close();
    // As containerd does when a pod is stopped by other hands while the agent is away.
    const call = () => shimCall(join(containerd.binDir, 'keelson-cni'), { CNI_COMMAND: 'DEL', CNI_CONTAINERID: id }, '{"cniVersion":"1.0.0"}');
    const failed = await call();
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject({ code: 11, msg: expect.stringContaining('the node agent does not answer at') });
    const next = new AccountNetwork();
    runtime = await openTestRuntime(containerd, { podNetwork: next });
    await runtime.recover([]);
    expect(next.kept).toEqual(new Set([id]));
    expect((await call()).code).toBe(0);
    expect(next.deleted).toEqual([id]);
  });

  it('answers versions and refuses nonsense, also through the shim for machines without Perl', async () => {
    const node = join(containerd.binDir, 'shim-node');
    writeFileSync(node, shimScript(join(containerd.dir, 'cni.sock'), '/no/perl'), { mode: 0o755 });
    for (const shim of [join(containerd.binDir, 'keelson-cni'), node]) {
      const version = await shimCall(shim, { CNI_COMMAND: 'VERSION' }, '{}');
      expect(JSON.parse(version.out)).toEqual({ cniVersion: '1.0.0', supportedVersions: ['0.3.0', '0.3.1', '0.4.0', '1.0.0'] });
      const other = await shimCall(shim, { CNI_COMMAND: 'DANCE' }, '{}');
      expect(other).toMatchObject({ code: 1 });
      expect(JSON.parse(other.out)).toMatchObject({ code: 100, msg: 'CNI_COMMAND "DANCE" is not known' });
      expect((await shimCall(shim, { CNI_COMMAND: 'ADD' }, 'no json')).code).toBe(1);
    }
  });

  it('writes the configuration once and leaves it in place', async () => {
    const conflist = join(containerd.confDir, '00-keelson.conflist');
    const before = statSync(conflist).mtimeMs;
    await runtime.close();
    runtime = await openTestRuntime(containerd, { podNetwork: network });
    await runtime.recover([]);
    expect(statSync(conflist).mtimeMs).toBe(before);
    expect(JSON.parse(readFileSync(conflist, 'utf8'))).toMatchObject({ name: 'keelson', plugins: [{ type: 'keelson-cni', capabilities: { portMappings: true } }] });
    expect(existsSync(join(containerd.binDir, 'loopback'))).toBe(true);
  });
});

/** Calls come back to this process: it must not stand still while it waits. */
function shimCall(shim: string, variables: Readonly<Record<string, string>>, input: string): Promise<{ readonly code: number | null; readonly out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(shim, { env: { PATH: process.env['PATH'], ...variables }, stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out }));
    child.stdin.end(input);
  });
}

const sandboxConfig: SandboxConfig = {
  podUid: 'c3d4', podName: 'dns-0', podNamespace: 'kube-system', attempt: 0, hostname: 'dns-0', labels: {}, annotations: {}, hostNetwork: false,
};
