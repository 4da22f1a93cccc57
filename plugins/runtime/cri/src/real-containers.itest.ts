import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../../../../tools/jest/require-part.ts';
import { silentLogger } from '@keelson/sdk';
import { CriClient, type TaskEvent } from './cri-client.ts';
import { realClock } from './testdata/real-clock.ts';
import { runtimeFaultKind, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type SandboxConfig, type SandboxStatus, type StreamRequest } from '@keelson/sdk/runtime';
import { openTestRuntime, removeAll } from './testdata/open-test-runtime.ts';
import { TestContainerd, realContainerd, sleep } from './testdata/containerd.ts';

const never = new AbortController().signal;
const busybox = 'keelson.dev/busybox:1';

describeWith(realContainerd)('pods in real containers', () => {
  let containerd: TestContainerd;
  let runtime: ContainerRuntime;
  let events: ContainerEvent[];
  let warnings: string[];

  beforeAll(async () => {
    containerd = new TestContainerd('bridge');
    await containerd.start();
  }, 60_000);
  afterAll(() => containerd.destroy(), 60_000);
  beforeEach(async () => {
    await open();
  });
  afterEach(async () => {
    expect(warnings).toEqual([]);
    await runtime.close();
    await removeAll(containerd);
    expect(containerd.leftovers()).toEqual({ processes: [], mounts: [], cgroups: [], links: [] });
    expect(readdirSync(join(containerd.dir, 'logs'))).toEqual([]);
  }, 60_000);

  async function open(): Promise<void> {
    warnings = [];
    runtime = await openTestRuntime(containerd, { log: { ...silentLogger, warn: (message) => void warnings.push(message) } });
    events = [];
    runtime.onEvent((event) => events.push(event));
    await runtime.recover([]);
  }

  async function start(container: Partial<ContainerConfig>, sandbox: Partial<SandboxConfig> = {}): Promise<{ readonly sandboxId: string; readonly id: string }> {
    const { id: sandboxId } = await runtime.runSandbox({ ...sandboxConfig, ...sandbox }, never);
    const id = await add(sandboxId, container);
    return { sandboxId, id };
  }

  async function add(sandboxId: string, container: Partial<ContainerConfig>): Promise<string> {
    const image = await runtime.imageStatus(container.image ?? busybox);
    const id = await runtime.createContainer(sandboxId, { ...containerConfig, imageId: image!.id, ...container }, never);
    await runtime.startContainer(id, never);
    return id;
  }

  async function run(id: string, script: string, more: Partial<StreamRequest> = {}): Promise<{ readonly code: number; readonly out: string }> {
    let out = '';
    const take = (chunk: Uint8Array): void => void (out += Buffer.from(chunk).toString());
    const code = await runtime.exec!(id, { command: ['sh', '-c', `exec 2>&1; ${script}`], onStdout: take, onStderr: take, ...more });
    return { code, out };
  }

  /** The sandbox as another agent would find it. */
  async function again(sandboxId: string): Promise<SandboxStatus | undefined> {
    const other = await openTestRuntime(containerd);
    const { sandboxes } = await other.recover([]);
    await other.close();
    return sandboxes.find(({ id }) => id === sandboxId);
  }

  async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await condition()); tries++) {
      if (tries > 500) throw new Error(`${what}: not within 10 s`);
      await sleep(20);
    }
  }

  it('gives a pod name, address, resolv.conf, environment, mounts, and keeps what is read-only', async () => {
    const folder = join(containerd.dir, 'volume');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'key'), 'value');
    const { id, sandboxId } = await start(
      {
        env: [{ name: 'GREETING', value: 'hello world' }],
        mounts: [{ hostPath: folder, containerPath: '/data', readOnly: true, propagation: 'private' }],
        workingDir: '/tmp',
      },
      { dns: { servers: ['192.0.2.53'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] } },
    );
    const { ips } = (await again(sandboxId))!;
    expect(ips).toEqual([expect.stringMatching(/^10\.97\.\d+\.\d+$/)]);
    const { out } = await run(id, 'hostname; pwd; echo $GREETING; cat /data/key /etc/resolv.conf; echo x > /data/new; ip -4 -o addr show eth0');
    expect(out).toContain('web-0\n/tmp\nhello world\nvalue');
    expect(out).toContain('search default.svc.cluster.local\nnameserver 192.0.2.53\noptions ndots:5');
    expect(out).toContain('Read-only file system');
    expect(out).toContain(ips[0]);
  });

  it('keeps users, capabilities, system calls and the root file system in their limits', async () => {
    const { id, sandboxId } = await start({
      security: { runAsUser: 1234, runAsGroup: 5678, supplementalGroups: [99], readOnlyRootFilesystem: true, noNewPrivileges: true, dropCapabilities: ['ALL'], seccomp: { type: 'runtime-default' } },
    });
    const { out } = await run(id, 'id; grep -E "CapEff|NoNewPrivs|Seccomp:" /proc/self/status; touch /x; ls /proc/acpi | wc -l');
    expect(out).toMatch(/uid=1234 gid=5678 groups=99,5678|uid=1234 gid=5678 groups=5678,99|uid=1234 gid=5678 groups=99/);
    expect(out).toMatch(/CapEff:\s+0000000000000000\nNoNewPrivs:\s+1\nSeccomp:\s+2\n/);
    expect(out).toContain('Read-only file system');
    const grouped = await add(sandboxId, { name: 'grouped', image: 'keelson.dev/echo:1', command: [], security: { runAsGroup: 42 } });
    expect(runtime.containerStatus(grouped)?.state).toBe('running');
    const privileged = await add(sandboxId, { name: 'root', security: { privileged: true } }).catch((error: unknown) => error);
    // A container may not have more than its sandbox.
    expect(runtimeFaultKind(privileged)).toBe('create');
  });

  it('shares processes in a pod when asked to, and the host when asked to', async () => {
    const { id, sandboxId } = await start({}, { shareProcesses: true });
    await add(sandboxId, { name: 'side', command: ['sleep', '4321'] });
    expect((await run(id, 'ps')).out).toMatch(/\/pause[^]*sleep 1000[^]*sleep 4321/);
    await runtime.removeSandbox(sandboxId);
    const host = await start({}, { hostNetwork: true, hostPid: true, attempt: 1 });
    const { out } = await run(host.id, 'ip -4 -o addr; ps | grep -c "[c]ontainerd -c"');
    expect(out).toContain(containerd.address);
    expect(Number(out.trim().split('\n').at(-1))).toBeGreaterThan(0);
  });

  it('tells a container that ran out of memory from one that was killed', async () => {
    const { id, sandboxId } = await start({ command: ['sh', '-c', 'head -c 200m /dev/zero | tail'], resources: { memoryLimitBytes: 16 << 20, cpuShares: 102, cpuQuota: 50_000, cpuPeriod: 100_000 } });
    await until('it ends', () => events.length > 0);
    const alone = await add(sandboxId, { name: 'alone', command: ['tail', '/dev/zero'], resources: { memoryLimitBytes: 16 << 20 } });
    await until('the other ends', () => runtime.containerStatus(alone)?.state === 'exited');
    expect(runtime.containerStatus(alone)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    const killed = await add(sandboxId, { name: 'killed', command: ['sh', '-c', 'kill -KILL $$; sleep 1000'], attempt: 1 });
    await runtime.exec!(killed, { command: ['true'], onStdout: () => undefined, onStderr: () => undefined });
    await runtime.stopContainer(killed, 0);
    expect(runtime.containerStatus(killed)).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(runtime.containerStatus(id)?.state).toBe('exited');
    expect(events.map(({ containerId }) => containerId)).toEqual([id, alone, killed]);
  });

  it('hears of ends and of memory by containerd\'s events', async () => {
    const client = await CriClient.open(containerd.socket, realClock);
    const heard: TaskEvent[] = [];
    const over = new AbortController();
    const listening = client.taskEvents(over.signal, (event) => heard.push(event)).catch((error: unknown) => error);
    const { id, sandboxId } = await start({ command: ['tail', '/dev/zero'], resources: { memoryLimitBytes: 16 << 20 } });
    await until('both are heard', () => heard.length >= 2);
    await runtime.stopSandbox(sandboxId);
    await until('the sandbox is heard', () => heard.some((event) => event.id === sandboxId));
    expect(heard).toEqual(expect.arrayContaining([{ what: 'oom', id }, { what: 'exit', id }, { what: 'exit', id: sandboxId }]));
    over.abort(new Error('enough'));
    expect(await listening).toEqual(new Error('enough'));
    client.close();
  });

  it('measures what containers use', async () => {
    const { id } = await start({ command: ['sh', '-c', 'for i in $(seq 200000); do :; done; dd if=/dev/zero of=/big bs=1M count=3; sleep 1000'] });
    await until('it is measured', async () => ((await runtime.stats!()).get(id)?.cpuNanos ?? 0) > 1e6);
    const usage = (await runtime.stats!()).get(id)!;
    expect(usage.memoryWorkingSetBytes).toBeGreaterThan(10_000);
    expect(Math.abs(usage.at - Date.now())).toBeLessThan(60_000);
  });

  it('probes by commands with a time limit', async () => {
    const { id } = await start({});
    const probe = (command: readonly string[], timeoutMs: number) => runtime.exec!(id, { command, timeoutMs, onStdout: () => undefined, onStderr: () => undefined });
    expect(await probe(['true'], 1000)).toBe(0);
    expect(await probe(['false'], 1000)).toBe(1);
    const late: unknown = await probe(['sleep', '20'], 1000).catch((error: unknown) => error);
    expect(runtimeFaultKind(late)).toBe('start');
    expect((late as Error).message).toMatch(/^rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded$/);
    await expect(runtime.exec!(id, { command: ['cat'], stdin: hold('x'), timeoutMs: 500, onStdout: () => undefined, onStderr: () => undefined })).rejects.toThrow('command "cat" timed out');
  });

  it('gives a terminal its size and follows its changes, and attaches to the first process', async () => {
    const { id } = await start({ command: ['sh', '-c', 'while read line; do echo got $line; done'], stdin: true, name: 'reader' });
    const sized = await run(id, 'sleep 0.3; stty size; sleep 0.5; stty size', { tty: true, resize: sizes() });
    expect(sized.out.trim().split(/\s*\n/)).toEqual(['24 80', '50 132']);
    let out = '';
    const leave = new AbortController();
    const attached = runtime.attach!(id, { stdin: hold('one\n'), onStdout: (chunk) => void (out += Buffer.from(chunk).toString()), onStderr: () => undefined, signal: leave.signal });
    attached.catch(() => undefined);
    await until('the line comes back', () => out === 'got one\n');
    leave.abort(new Error('left'));
    await expect(attached).rejects.toThrow('left');
    expect(runtime.containerStatus(id)?.state).toBe('running');
  });

  it('carries megabytes both ways, and stops when the reader is slow', async () => {
    const { id } = await start({});
    const size = 20 << 20;
    let taken = 0;
    const code = await runtime.exec!(id, { command: ['cat'], stdin: zeros(size), onStdout: (chunk) => void (taken += chunk.length), onStderr: () => undefined });
    expect({ code, taken }).toEqual({ code: 0, taken: size });
  });

  it('connects to a port of the pod, in both directions and at once', async () => {
    const { sandboxId } = await start({ image: 'keelson.dev/echo:1', command: [], env: [{ name: 'POD_NAME', value: 'web-0' }] });
    await until('it listens', async () => runtime.connect!(sandboxId, 8080, never).then((stream) => (stream.destroy(), true), () => false));
    const stream = await runtime.connect!(sandboxId, 8080, never);
    await stream.write(Buffer.from('GET /hello HTTP/1.0\r\n\r\n'));
    let answer = '';
    for await (const chunk of stream.readable) answer += Buffer.from(chunk).toString();
    stream.end();
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*"pod":"web-0"[^]*"path":"\/hello"/);
    const refused: unknown = await runtime.connect!(sandboxId, 81, never).catch((error: unknown) => error);
    expect(runtimeFaultKind(refused)).toBe('start');
    expect((refused as Error).message).toMatch(/dial tcp4? 127\.0\.0\.1:81: connect: connection refused/);
  });

  it('has images: lists, refuses what is nowhere, removes', async () => {
    const names = (await runtime.listImages!()).flatMap((image) => image.names);
    expect(names).toEqual(expect.arrayContaining(['keelson.dev/busybox:1', 'keelson.dev/echo:1', 'registry.k8s.io/pause:3.9']));
    expect(await runtime.imageStatus('keelson.dev/echo:1')).toMatchObject({ uid: 65532, sizeBytes: expect.any(Number) });
    expect(await runtime.imageStatus('keelson.dev/none:1')).toBeUndefined();
    const error: unknown = await runtime.pullImage('127.0.0.1:1/none:1', '', never).catch((fault: unknown) => fault);
    expect(runtimeFaultKind(error)).toBe('pull');
    expect((error as Error).message).toMatch(/^rpc error: code = Unknown desc = failed to pull and unpack image "127\.0\.0\.1:1\/none:1": failed to resolve reference "127\.0\.0\.1:1\/none:1": failed to do request: Head "http.*connect: connection refused$/);
    await runtime.removeImage!('example.org/gone:1');
    await runtime.removeImage!('keelson.dev/echo:1');
    expect(await runtime.imageStatus('keelson.dev/echo:1')).toBeUndefined();
    containerd.importImage('echo');
    await until('it is there again', async () => (await runtime.imageStatus('keelson.dev/echo:1')) !== undefined);
  });

  it('follows a log over its rotation without losing or doubling a line', async () => {
    const { id } = await start({ command: ['sh', '-c', 'i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i+1)); sleep 0.02; done'] });
    const path = join(containerd.dir, 'logs', 'default_web-0_a1b2', 'main', '0.log');
    let text = '';
    const followed = runtime.readLog(id, { follow: true }, (chunk) => void (text += chunk));
    await until('lines come', () => text.includes('line 15\n'));
    renameSync(path, `${path}.20260102-030405`);
    await runtime.reopenLog!(id);
    await followed;
    const all = Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join('');
    expect(text).toBe(all);
    let later = '';
    await runtime.readLog(id, { tailLines: 50 }, (chunk) => void (later += chunk));
    expect(later).toBe(all.slice(all.indexOf('line 10\n')));
    await runtime.removeContainer(id);
    expect(existsSync(`${path}.20260102-030405`)).toBe(false);
  });

  it('is taken over by the next agent as it runs', async () => {
    const { id, sandboxId } = await start({ command: ['sh', '-c', 'echo before; sleep 1000'] });
    const before = runtime.containerStatus(id);
    await runtime.close();
    runtime = await openTestRuntime(containerd);
    events = [];
    runtime.onEvent((event) => events.push(event));
    const { sandboxes, containers } = await runtime.recover([]);
    expect(sandboxes).toEqual([{ id: sandboxId, podUid: 'a1b2', attempt: 0, state: 'ready', ips: [expect.stringMatching(/^10\.97\./)], createdAt: expect.any(Number) }]);
    expect(containers).toEqual([before]);
    let text = '';
    await runtime.readLog(id, {}, (chunk) => void (text += chunk));
    expect(text).toBe('before\n');
    const second = await add(sandboxId, { name: 'second', command: ['sh', '-c', 'exit 5'] });
    await until('its end is told', () => events.some(({ containerId }) => containerId === second));
    expect(runtime.containerStatus(id)?.state).toBe('running');
  });

  it('outlives a kill of containerd: nothing restarts, no end is lost', async () => {
    const { id, sandboxId } = await start({});
    const short = await add(sandboxId, { name: 'short', command: ['sh', '-c', 'sleep 1; exit 9'] });
    const before = runtime.containerStatus(id);
    await containerd.kill('SIGKILL');
    const asked = runtime.imageStatus(busybox);
    await sleep(1500);
    expect(runtime.containerStatus(short)?.state).toBe('running');
    expect(runtime.fault!()).toBeUndefined();
    await containerd.launch();
    expect(await asked).toBeDefined();
    await until('the end in between is told', () => events.length > 0);
    expect(events).toEqual([{ type: 'exited', podUid: 'a1b2', sandboxId, containerId: short }]);
    expect(runtime.containerStatus(short)).toMatchObject({ state: 'exited', exitCode: 9 });
    expect(runtime.containerStatus(id)).toEqual(before);
    const after = await add(sandboxId, { name: 'after', command: ['sh', '-c', 'exit 4'] });
    await until('events flow again', () => events.some(({ containerId }) => containerId === after));
    expect(runtime.containerStatus(after)).toMatchObject({ exitCode: 4 });
  }, 30_000);

  it('tells when a sandbox is lost', async () => {
    const { sandboxId } = await start({});
    process.kill(Number(readFileSync(join(containerd.dir, 'state/io.containerd.runtime.v2.task/k8s.io', sandboxId, 'init.pid'), 'utf8')), 'SIGKILL');
    await until('the loss is told', () => events.some(({ type }) => type === 'sandbox-lost'));
    expect(events).toContainEqual({ type: 'sandbox-lost', podUid: 'a1b2', sandboxId });
  });

  it('makes a sandbox under a name that a broken try still holds, and undoes what is aborted', async () => {
    const first = await runtime.runSandbox(sandboxConfig, never);
    // Another agent of the same node, which knows nothing of the first one's sandbox.
    const other = await openTestRuntime(containerd);
    const second = await other.runSandbox(sandboxConfig, never);
    await other.close();
    expect(second.id).not.toBe(first.id);
    expect((await again(second.id))?.state).toBe('ready');
    const leave = new AbortController();
    const making = runtime.runSandbox({ ...sandboxConfig, attempt: 7 }, leave.signal);
    await sleep(20);
    leave.abort(new Error('the pod is gone'));
    await expect(making).rejects.toThrow('the pod is gone');
    // It waits until what nobody wants is gone.
    await runtime.close();
    expect(containerd.ctr('containers', 'ls', '-q').split('\n').filter((id) => id !== '')).toEqual([second.id]);
  });

  it('words the faults of sandboxes as upstream does', async () => {
    const error: unknown = await runtime.runSandbox({ ...sandboxConfig, sysctls: { 'kernel.nonsense': '1' } }, never).catch((fault: unknown) => fault);
    expect(runtimeFaultKind(error)).toBe('sandbox');
    expect((error as Error).message).toMatch(/^rpc error: code = Unknown desc = failed to create containerd task: /);
  });

  it('ends what is left in the cgroup of a pod that goes', async () => {
    const { sandboxId } = await start({});
    const stray = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => stray.once('exit', (_code, signal) => resolve(signal)));
    const pod = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].map((mount) => `${mount}${containerd.cgroupRoot}/poda1b2`).find((folder) => existsSync(folder))!;
    mkdirSync(join(pod, 'stray'));
    writeFileSync(join(pod, 'stray', 'cgroup.procs'), String(stray.pid));
    await runtime.removeSandbox(sandboxId);
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(pod)).toBe(false);
  });

  it('has in the busybox image what people use there', async () => {
    const { id, sandboxId } = await start({});
    await add(sandboxId, { name: 'echo', image: 'keelson.dev/echo:1', command: [] });
    await until('it listens', async () => (await run(id, 'nc 127.0.0.1 8080 </dev/null')).code === 0);
    for (const script of ['wget -q -O - http://127.0.0.1:8080/', 'wget -T 2 -qO- http://localhost:8080/', 'wget --timeout=2 -q -O - 127.0.0.1:8080']) {
      const { code, out } = await run(id, script);
      expect([script, code, out.includes('"method":"GET"')]).toEqual([script, 0, true]);
    }
    expect(await run(id, 'wget -T 1 -q -O - "http://127.0.0.1:8080/delay?ms=5000"')).toEqual({ code: 1, out: 'wget: download timed out\n' });
    expect((await run(id, 'ping -c 1 127.0.0.1; top -b -n 1 | head -3; tar cf - /etc/passwd | tar tf -; nslookup -timeout=1 x 127.0.0.1 | head -1; kill -0 1')).out).toMatch(/1 packets received[^]*CPU:[^]*etc\/passwd/);
  });
});

async function* sizes(): AsyncIterable<{ width: number; height: number }> {
  yield { width: 80, height: 24 };
  await sleep(550);
  yield { width: 132, height: 50 };
}

/** Input that does not end. */
async function* hold(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
  await new Promise(() => undefined);
}

async function* zeros(size: number): AsyncIterable<Uint8Array> {
  const piece = Buffer.alloc(64 << 10);
  for (let left = size; left > 0; left -= piece.length) yield piece;
}

const sandboxConfig: SandboxConfig = {
  podUid: 'a1b2', podName: 'web-0', podNamespace: 'default', attempt: 0, hostname: 'web-0', labels: { app: 'web' }, annotations: {}, hostNetwork: false,
};

const containerConfig: ContainerConfig = {
  name: 'main', role: 'app', attempt: 0, image: busybox, imageId: '', command: ['sleep', '1000'], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {},
};
