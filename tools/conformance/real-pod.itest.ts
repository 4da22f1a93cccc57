import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../jest/require-part.ts';
import { ConfigMap, Event, Node, Pod, type PodSpec, type Secret } from '@keelson/api/core/v1';
import { defineDistribution, use } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
import runtimeCri from '@keelson/runtime-cri';
import { memoryKeyFolder, openClusterPki } from '@keelson/kernel/apiserver';
import { VirtualClock, cluster, type TestCluster } from '@keelson/testing';
import { TestContainerd, realContainerd, sleep } from '../../plugins/runtime/cri/src/testdata/containerd.ts';
import nodeAgent from '@keelson/node/plugin';

describeWith(realContainerd)('pods in real containers', () => {
  let containerd: TestContainerd;
  let at: TestCluster;
  let root: string;
  let manifests: string;

  beforeAll(async () => {
    containerd = new TestContainerd('bridge');
    await containerd.start();
  }, 60_000);
  afterAll(() => containerd.destroy(), 60_000);

  beforeEach(async () => {
    root = join(containerd.dir, 'agent');
    manifests = join(containerd.dir, 'manifests');
    mkdirSync(manifests, { recursive: true });
    // What containerd says happens in real time: the cluster's begins there.
    const clock = new VirtualClock(Date.now());
    // Tokens are signed with the keys of a cluster that serves.
    const pki = openClusterPki(memoryKeyFolder(), { clock });
    at = await cluster(
      defineDistribution({
        name: 'real', version: '0.1.0', extends: [standard],
        plugins: [
          use(runtimeCri, {
            socket: containerd.socket, logRoot: join(containerd.dir, 'logs'), cgroupRoot: containerd.cgroupRoot,
            cniConfDir: containerd.confDir, cniBinDir: containerd.binDir, cniSocket: join(containerd.dir, 'cni.sock'),
          }),
        ],
        configure: [
          use(nodeAgent, {
            runtime: 'cri', exactName: true, nodeName: 'real-1', hostIp: containerd.address, podCidr: '10.97.0.0/24', root, cgroupRoot: containerd.cgroupRoot,
            clusterDns: ['10.96.0.10'], resolvConf: resolvConf(), logMaxBytes: 20_000, logMaxFiles: 3, staticPodPath: manifests,
          }),
        ],
      }),
      { clock, serve: { pki } },
    );
    await until('the node is ready', async () => (await at.api.get(Node, { name: 'real-1' }))?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true);
  }, 60_000);
  afterEach(async () => {
    await at.api.deleteCollection(Pod, { namespace: 'default' }, { gracePeriodSeconds: 1 });
    await until('every pod is gone', async () => (await at.api.list(Pod, { namespace: 'default' })).items.length === 0);
    const left = (): string => JSON.stringify([readdirSync(join(root, 'pods')), containerd.leftovers()]);
    await until('nothing is left of them', async () => left() === JSON.stringify([[], { processes: [], mounts: [], cgroups: [], links: [] }])).catch((error: Error) => {
      throw new Error(`${left()}\n${error.message}`);
    });
    expect(readdirSync(join(root, 'log', 'pods'))).toEqual([]);
    await at.close();
  }, 60_000);

  function resolvConf(): string {
    const path = join(containerd.dir, 'resolv.conf');
    writeFileSync(path, 'nameserver 192.0.2.1\nsearch host.com\n');
    return path;
  }

  async function until(what: string, condition: () => Promise<boolean>, stepMs = 20): Promise<void> {
    for (let tries = 0; !(await condition()); tries++) {
      if (tries > 1000) throw new Error(`${what}: not so in time\n${await told()}`);
      await sleep(20);
      await at.advance(stepMs);
    }
  }

  async function told(): Promise<string> {
    const { items } = await at.api.list(Event, { namespace: 'default' });
    const pods = (await at.api.list(Pod, { namespace: 'default' })).items.map(({ metadata, status }) => `${metadata.name} ${JSON.stringify(status)}`);
    return [...items.map(({ reason, message, involvedObject }) => `${involvedObject.name}: ${reason} ${message}`), ...pods].join('\n');
  }

  const get = async (name: string): Promise<Pod> => (await at.api.get(Pod, { namespace: 'default', name }))!;

  async function run(name: string, spec: Partial<PodSpec>, labels: Record<string, string> = {}): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec: { nodeName: 'real-1', terminationGracePeriodSeconds: 1, ...spec } };
    await until('the default account is there', () => at.api.create(object as unknown as Pod).then(() => true, (error: Error) => { if (/serviceaccount/.test(error.message)) return false; throw error; }));
  }

  const phase = (name: string, wanted: string) => until(`${name} is ${wanted}`, async () => (await get(name)).status?.phase === wanted);

  let execs = 0;

  async function shell(name: string, command: string): Promise<string> {
    const id = (await get(name)).status?.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? '';
    try {
      return containerd.ctr('tasks', 'exec', '--exec-id', `e${++execs}`, id, '/bin/sh', '-c', `{ ${command}; } 2>&1`).trimEnd();
    } catch (error) {
      return `failed: ${String((error as { stdout?: string }).stdout)}`.trimEnd();
    }
  }

  const forever = { name: 'main', image: 'keelson.dev/busybox:1', command: ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'] };

  it('see their volumes, and what becomes of them', async () => {
    await at.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' }, data: { color: 'red', size: 'L' } } as unknown as ConfigMap]);
    await run('vols', {
      securityContext: { runAsUser: 1000, fsGroup: 2000 },
      containers: [{
        ...forever,
        volumeMounts: [
          { name: 'config', mountPath: '/config' }, { name: 'login', mountPath: '/login' }, { name: 'me', mountPath: '/me' }, { name: 'data', mountPath: '/data' },
          { name: 'fast', mountPath: '/fast' }, { name: 'config', mountPath: '/one/color.txt', subPath: 'color' }, { name: 'data', mountPath: '/sub', subPathExpr: 'a/$(NAME)' },
          { name: 'host', mountPath: '/host', readOnly: true },
        ],
        env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }],
      volumes: [
        { name: 'config', configMap: { name: 'settings' } }, { name: 'login', secret: { secretName: 'login', defaultMode: 0o400 } },
        { name: 'me', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { name: 'data', emptyDir: {} }, { name: 'fast', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }, { name: 'host', hostPath: { path: join(containerd.dir, 'host'), type: 'DirectoryOrCreate' } },
      ],
    }, { app: 'x' });
    const failed = 'MountVolume.SetUp failed for volume "login" : secret "login" not found';
    await until('what is missing is told of', async () => (await told()).includes(failed));
    await until('it waits', async () => (await get('vols')).status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ContainerCreating');
    await at.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'default' }, data: { password: 'czNjcmV0' } } as unknown as Secret]);
    await phase('vols', 'Running');
    expect(await shell('vols', 'cat /config/color /login/password /me/labels; cat /one/color.txt; id -u; id -G')).toBe('reds3cretapp="x"red1000\n0 2000');
    expect(await shell('vols', 'stat -Lc "%a %g" /login/password; stat -c "%a %g" /data; echo x > /data/f && stat -c %g /data/f')).toBe('440 2000\n2777 2000\n2000');
    expect(await shell('vols', 'echo y > /sub/g && cat /data/a/vols/g')).toBe('y');
    expect(await shell('vols', 'dd if=/dev/zero of=/fast/f bs=1M count=2 2>&1 | grep -o "No space left"')).toBe('No space left');
    expect(await shell('vols', 'echo z > /host/f')).toContain('Read-only file system');
    const token = await shell('vols', 'cd /var/run/secrets/kubernetes.io/serviceaccount && cat namespace && head -c 27 ca.crt && wc -c < token && ls -l token/.. 2>/dev/null; stat -Lc %a token');
    expect(token).toMatch(/^default-----BEGIN CERTIFICATE-----\d{3,}\n/);
    expect(token.endsWith('640')).toBe(true);
    await at.api.patch(ConfigMap, { namespace: 'default', name: 'settings' }, { type: 'merge', body: { data: { color: 'blue', size: null } } });
    await at.api.patch(Pod, { namespace: 'default', name: 'vols' }, { type: 'merge', body: { metadata: { labels: { app: 'y' } } } });
    await until('the files follow', async () => (await shell('vols', 'cat /config/color /me/labels; echo; ls /config')) === 'blueapp="y"\ncolor');
    // A part that was bound by its own is another file now.
    expect(await shell('vols', 'cat /one/color.txt')).toBe('red');
  }, 60_000);

  it('know their names, resolvers, limits and users as the pod says', async () => {
    await run('named', {
      hostname: 'box', subdomain: 'boxes', hostAliases: [{ ip: '192.0.2.9', hostnames: ['db', 'db.example'] }], dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      shareProcessNamespace: true, securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }], seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{
        ...forever,
        resources: { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
        securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }, allowPrivilegeEscalation: false },
      }],
    });
    await phase('named', 'Running');
    const { podIP } = (await get('named')).status!;
    expect(await shell('named', 'hostname; cat /etc/resolv.conf; tail -n 4 /etc/hosts')).toBe(
      `box\nsearch default.svc.cluster.local svc.cluster.local cluster.local host.com\nnameserver 10.96.0.10\noptions ndots:2\n${podIP}\tbox.boxes.default.svc.cluster.local\tbox\n\n# Entries added by HostAliases.\n192.0.2.9\tdb\tdb.example`,
    );
    expect(await shell('named', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start; touch /x; grep -E "CapEff|Seccomp:|NoNewPrivs" /proc/self/status | tr -s "\\t\\n" "  "')).toMatch(/^80\ntouch: \/x: Read-only file system\nNoNewPrivs: 1 Seccomp: 2|CapEff: 0000000000000400/);
    const cgroup = (file: string): string | undefined => ['cpu', 'memory', ''].map((tree) => join('/sys/fs/cgroup', tree, containerd.cgroupRoot, 'kubepods/burstable', `pod${uid}`, file)).filter(existsSync).map((path) => readFileSync(path, 'utf8').trim())[0];
    const { uid } = (await get('named')).metadata;
    expect(cgroup('cpu.shares') ?? cgroup('cpu.weight')).toMatch(/^(256|10)$/);
    expect(cgroup('memory.limit_in_bytes') ?? cgroup('memory.max')).toBe(String(64 * 1024 * 1024));
    expect(cgroup('cpu.cfs_quota_us') ?? cgroup('cpu.max')).toMatch(/^50000( 100000)?$/);
  }, 60_000);

  it('say why they ended', async () => {
    const end = (script: string) => [{ ...forever, command: ['/bin/sh', '-c', script] }];
    await run('file', { restartPolicy: 'Never', containers: end('echo -n all is lost > /dev/termination-log; exit 3') });
    await run('log', { restartPolicy: 'Never', containers: [{ ...end('echo the log says it; exit 4')[0]!, terminationMessagePolicy: 'FallbackToLogsOnError' }] });
    await run('root', { restartPolicy: 'Never', containers: [{ ...forever, securityContext: { runAsNonRoot: true } }] });
    await run('never', { containers: [{ ...forever, image: 'example.org/no-such:1', imagePullPolicy: 'Never' }] });
    await phase('file', 'Failed');
    await phase('log', 'Failed');
    const ended = async (name: string) => (await get(name)).status?.containerStatuses?.[0]?.state;
    expect(await ended('file')).toMatchObject({ terminated: { exitCode: 3, reason: 'Error', message: 'all is lost' } });
    expect(await ended('log')).toMatchObject({ terminated: { exitCode: 4, message: 'the log says it\n' } });
    const { uid } = (await get('root')).metadata;
    await until('the non-root container is refused', async () => JSON.stringify(await ended('root')) === JSON.stringify({ waiting: { reason: 'CreateContainerConfigError', message: `container has runAsNonRoot and image will run as root (pod: "root_default(${uid})", container: main)` } }));
    await until('the image is never pulled', async () => (await ended('never'))?.waiting?.reason === 'ErrImageNeverPull');
  }, 60_000);

  it('go through init containers, sidecars, probes, hooks, crashes and debugging', async () => {
    const step = (name: string, script: string) => ({ name, image: forever.image, command: ['/bin/sh', '-c', script], volumeMounts: [{ name: 'data', mountPath: '/data' }] });
    const host = join(containerd.dir, 'hooks');
    await run('life', {
      terminationGracePeriodSeconds: 20,
      initContainers: [step('first', 'echo first >> /data/order'), { ...step('side', 'echo side >> /data/order; trap "exit 0" TERM; while :; do sleep 0.1; done'), restartPolicy: 'Always' }, step('last', 'echo last >> /data/order')],
      containers: [{
        ...step('main', 'echo main >> /data/order; trap "exit 0" TERM; while :; do sleep 0.1; done'),
        volumeMounts: [{ name: 'data', mountPath: '/data' }, { name: 'hooks', mountPath: '/hooks' }],
        readinessProbe: { exec: { command: ['/bin/sh', '-c', 'echo no: $(cat /data/ready 2>&1); test -e /data/ready'] }, periodSeconds: 1 },
        lifecycle: { postStart: { exec: { command: ['/bin/sh', '-c', 'echo started > /hooks/post'] } }, preStop: { exec: { command: ['/bin/sh', '-c', 'echo stopping > /hooks/pre'] } } },
      }],
      volumes: [{ name: 'data', emptyDir: {} }, { name: 'hooks', hostPath: { path: host, type: 'DirectoryOrCreate' } }],
    });
    await phase('life', 'Running');
    await until('the hook has run', async () => existsSync(join(host, 'post')));
    await until('its order is written', async () => (await shell('life', 'cat /data/order')) === 'first\nside\nlast\nmain');
    expect((await get('life')).status!.containerStatuses![0]).toMatchObject({ ready: false, started: true });
    await until('the probe fails', async () => (await told()).includes('life: Unhealthy Readiness probe failed: no: cat: '));
    await shell('life', 'touch /data/ready');
    await until('it is ready', async () => (await get('life')).status!.conditions!.some(({ type, status }) => type === 'Ready' && status === 'True'));

    const ephemeralContainers = [{ name: 'debug', image: forever.image, command: ['/bin/sh', '-c', 'cat /proc/1/cmdline > /dev/termination-log'], targetContainerName: 'main' }];
    await at.api.patch(Pod, { namespace: 'default', name: 'life' }, { type: 'strategic', body: { spec: { ephemeralContainers } } }, { subresource: 'ephemeralcontainers' });
    await until('the debugger has ended', async () => (await get('life')).status?.ephemeralContainerStatuses?.[0]?.state?.terminated !== undefined);
    expect((await get('life')).status!.ephemeralContainerStatuses![0]!.state!.terminated).toMatchObject({ exitCode: 0, reason: 'Completed', message: expect.stringContaining('echo main >> /data/order') as string });

    containerd.ctr('tasks', 'kill', '-s', 'SIGKILL', (await get('life')).status!.containerStatuses![0]!.containerID!.replace(/^.*:\/\//, ''));
    await until('it was restarted', async () => (await get('life')).status!.containerStatuses![0]!.restartCount === 1);
    expect((await get('life')).status!.containerStatuses![0]!.lastState).toMatchObject({ terminated: { exitCode: 137, reason: 'Error' } });
    // What is in its volumes stays, sidecars go on.
    await until('it runs again', async () => (await shell('life', 'cat /data/order')).endsWith('main\nmain'));
    expect((await get('life')).status!.initContainerStatuses!.map(({ name, restartCount }) => `${name} ${restartCount}`)).toEqual(['first 0', 'side 0', 'last 0']);
    expect(existsSync(join(host, 'pre'))).toBe(false);
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'life' } });
    await until('it is gone', async () => (await at.api.get(Pod, { namespace: 'default', name: 'life' })) === undefined);
    expect(readFileSync(join(host, 'pre'), 'utf8')).toBe('stopping\n');
  }, 60_000);

  it('write logs that are moved away before they grow too large, and read as one', async () => {
    await run('chatty', { containers: [{ ...forever, command: ['/bin/sh', '-c', 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i of three thousand"; [ $((i % 500)) = 0 ] && sleep 1; done; trap "exit 0" TERM; while :; do sleep 0.1; done'] }] });
    await phase('chatty', 'Running');
    const { uid } = (await get('chatty')).metadata;
    const folder = join(root, 'log', 'pods', `default_chatty_${uid}`, 'main');
    await until('the older is packed', async () => /^0\.log 0\.log\.\d{8}-\d{6}\.gz 0\.log\.\d{8}-\d{6}$/.test(readdirSync(folder).sort().join(' ')), 300);
    let tail = '';
    await until('all is written', async () => {
      tail = '';
      await at.cluster.server.podLogs!.read({ namespace: 'default', name: 'chatty' }, 'main', { tailLines: 1 }, (chunk) => void (tail += chunk));
      return tail === 'line 3000 of three thousand\n';
    });
    const { images } = (await at.api.get(Node, { name: 'real-1' }))!.status!;
    expect(images!.flatMap(({ names = [] }) => names)).toContain('keelson.dev/busybox:1');
  }, 60_000);

  it('run from manifests', async () => {
    const file = join(manifests, 'web.yaml');
    writeFileSync(file, `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: default}\nspec:\n  terminationGracePeriodSeconds: 1\n  containers:\n  - name: main\n    image: keelson.dev/busybox:1\n    command: ${JSON.stringify(forever.command)}\n`);
    await until('it runs', async () => (await at.api.get(Pod, { namespace: 'default', name: 'web-real-1' }))?.status?.phase === 'Running');
    const mirror = await get('web-real-1');
    expect(mirror.metadata.annotations).toMatchObject({ 'kubernetes.io/config.mirror': expect.any(String) as string });
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'web-real-1' } });
    await until('it is shown again', async () => {
      const shown = await at.api.get(Pod, { namespace: 'default', name: 'web-real-1' });
      return shown?.metadata.uid !== mirror.metadata.uid && shown?.status?.phase === 'Running';
    });
    expect((await get('web-real-1')).status!.containerStatuses![0]!.containerID).toBe(mirror.status!.containerStatuses![0]!.containerID);
    rmSync(file);
    await until('it is gone', async () => (await at.api.get(Pod, { namespace: 'default', name: 'web-real-1' })) === undefined);
  }, 60_000);

  it('outlive containerd, which their node tells of', async () => {
    await run('calm', { containers: [forever] });
    await phase('calm', 'Running');
    const before = (await get('calm')).status!.containerStatuses![0]!;
    const ready = async () => (await at.api.get(Node, { name: 'real-1' }))!.status!.conditions!.find(({ type }) => type === 'Ready')!;
    await containerd.kill('SIGKILL');
    await until('the node is not ready', async () => (await ready()).status === 'False', 200);
    expect(await ready()).toMatchObject({ reason: 'KubeletNotReady', message: 'container runtime is down' });
    await run('later', { containers: [forever] });
    await containerd.launch();
    await until('the node is ready again', async () => (await ready()).status === 'True', 200);
    await phase('later', 'Running');
    expect((await get('calm')).status!.containerStatuses![0]).toEqual(before);
  }, 60_000);

  it('get new sandboxes when theirs are lost, and begin again with their init containers', async () => {
    await run('again', { initContainers: [{ ...forever, name: 'init', command: ['/bin/true'] }], containers: [forever] });
    await phase('again', 'Running');
    const { podIP } = (await get('again')).status!;
    const { uid } = (await get('again')).metadata;
    const pause = containerd.ctr('containers', 'ls').split('\n').find((line) => line.includes('pause'))!.split(/\s+/)[0]!;
    containerd.ctr('tasks', 'kill', '-s', 'SIGKILL', pause);
    await until('it was restarted', async () => {
      const { containerStatuses, podIP: now } = (await get('again')).status!;
      return containerStatuses![0]!.restartCount === 1 && containerStatuses![0]!.state?.running !== undefined && now !== podIP;
    });
    expect((await get('again')).metadata.uid).toBe(uid);
    expect((await get('again')).status!.initContainerStatuses![0]).toMatchObject({ restartCount: 1, ready: true });
  }, 60_000);

  it('live on while their agent is away, and are taken over by the next', async () => {
    await run('stays', { containers: [{ ...forever, volumeMounts: [{ name: 'data', mountPath: '/data' }] }], volumes: [{ name: 'data', emptyDir: {} }] });
    await phase('stays', 'Running');
    await shell('stays', 'echo kept > /data/f');
    const before = (await get('stays')).status!.containerStatuses![0]!;
    const fork = await at.fork();
    await at.close();
    at = fork;
    await until('the node is ready again', async () => (await at.api.get(Node, { name: 'real-1' })) !== undefined && (await shell('stays', 'cat /data/f').catch(() => '')) === 'kept');
    expect((await get('stays')).status!.containerStatuses![0]).toEqual(before);
    // A pod that is deleted while no agent is there leaves nothing behind.
    await run('orphan', { containers: [{ ...forever, volumeMounts: [{ name: 'fast', mountPath: '/fast' }] }], volumes: [{ name: 'fast', emptyDir: { medium: 'Memory' } }] });
    await phase('orphan', 'Running');
    const { uid } = (await get('orphan')).metadata;
    const later = await at.fork();
    await at.close();
    at = later;
    const deletion = at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'orphan' } }, { gracePeriodSeconds: 0 });
    await deletion;
    await until('its folder is gone', async () => !existsSync(join(root, 'pods', uid)));
    expect((await get('stays')).status!.containerStatuses![0]!.restartCount).toBe(0);
  }, 90_000);
});
