import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, type Clock } from '@keelson/sdk';
import { describeWith, findProgram, program } from '../../../tools/jest/require-part.ts';
import { Hosts, removeHosts, type HostsOptions } from './hosts.ts';
import { readInventory } from './inventory.ts';
import { allProcesses } from './machine/processes.ts';
import { systemPrograms } from './machine/programs.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const root = { name: 'root and iproute2', missing: () => (process.getuid?.() !== 0 ? 'not root' : (program('ip').missing() ?? program('busybox').missing())) };
const images = join(__dirname, '../../../.keelson/images');
const containers = { name: 'containerd, runc and the pause image', missing: () => root.missing() ?? program('containerd').missing() ?? program('runc').missing() ?? (existsSync(join(images, 'pause.tar')) ? undefined : 'no .keelson/images/pause.tar; node tools/images/build.mjs makes it') };

/** Everything on the machine that a host may leave. */
function leftovers(id: string) {
  const text = (command: string, args: string[]): string => execFileSync(command, args, { encoding: 'utf8' });
  return {
    namespaces: text('ip', ['netns', 'list']).split('\n').filter((line) => line.includes(`kl-${id}`)),
    links: text('ip', ['-o', 'link']).split('\n').filter((line) => line.includes(`kl-${id}`)),
    routes: text('ip', ['route']).split('\n').filter((line) => line.includes(`kl-${id}`)),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => line.includes(`kl-${id}`) || line.includes(`/run/keelson/${id}`)),
    run: existsSync(`/run/keelson/${id}`),
    processes: allProcesses().filter(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`/run/keelson/${id}`);
      } catch {
        return false;
      }
    }),
  };
}

const nothing = { namespaces: [], links: [], routes: [], mounts: [], run: false, processes: [] };
const netnsOf = (pid: number): string => execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' }).trim();

describeWith(root)('hosts on this machine', () => {
  let dataDir: string;
  const open: Hosts[] = [];
  const options = (rest: Partial<HostsOptions> = {}): HostsOptions => ({ dataDir, count: 2, podCidrMask: 24, images: [], programs: systemPrograms, clock, log: silentLogger, environment: process.env, ...rest });
  const raise = async (rest: Partial<HostsOptions> = {}): Promise<Hosts> => {
    const hosts = await Hosts.open(options(rest));
    open.push(hosts);
    return hosts;
  };
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'keelson-hosts-'))));
  afterEach(async () => {
    for (const hosts of open.splice(0)) await hosts.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('reach each other, the machine and their gateway, and leave nothing', async () => {
    const hosts = await raise({ podCidr: '10.213.0.0/16' });
    const { plan } = hosts;
    const ping = (netns: string | undefined, to: string): void => void execFileSync('nsenter', [...(netns === undefined ? ['--net=/proc/self/ns/net'] : [`--net=/run/netns/${netns}`]), '--', 'busybox', 'ping', '-c1', '-W2', to]);
    ping(plan.hosts[0]!.netns, plan.hosts[1]!.address);
    ping(plan.hosts[1]!.netns, plan.gateway);
    ping(undefined, plan.hosts[1]!.address);
    const settings = execFileSync('nsenter', [`--net=/run/netns/${plan.hosts[0]!.netns}`, '--', 'sysctl', '-n', 'net.ipv4.ip_forward', 'net.bridge.bridge-nf-call-iptables', 'net.ipv4.conf.all.rp_filter'], { encoding: 'utf8' });
    expect(settings.split('\n').slice(0, 3)).toEqual(['1', '1', '0']);
    expect(leftovers(plan.id).routes.map((line) => line.split(' ').slice(0, 3).join(' ')).sort()).toEqual([`10.213.0.0/24 via ${plan.hosts[0]!.address}`, `10.213.1.0/24 via ${plan.hosts[1]!.address}`, `${plan.subnet} dev ${plan.uplink}`]);
    await hosts.close();
    expect(leftovers(plan.id)).toEqual(nothing);
  });

  it('two clusters live side by side, in different networks, and one ends without the other', async () => {
    const one = await raise();
    const other = mkdtempSync(join(tmpdir(), 'keelson-hosts-'));
    try {
      const two = await raise({ dataDir: other });
      expect(two.plan.subnet).not.toBe(one.plan.subnet);
      expect(two.plan.podCidr).not.toBe(one.plan.podCidr);
      await expect(raise({ dataDir: join(other, 'third'), subnet: one.plan.subnet })).rejects.toMatchObject({ code: 'KEEL_HOSTS_NETWORK' });
      await one.close();
      expect(leftovers(two.plan.id).namespaces).toHaveLength(3);
      await two.close();
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('clusters that start at one moment take different networks', async () => {
    const folders = Array.from({ length: 4 }, () => mkdtempSync(join(tmpdir(), 'keelson-hosts-')));
    try {
      const all = await Promise.all(folders.map((folder) => raise({ dataDir: folder, count: 1 })));
      expect(new Set(all.map(({ plan }) => plan.subnet)).size).toBe(4);
      await Promise.all(all.map((hosts) => hosts.close()));
      for (const { plan } of all) expect(leftovers(plan.id)).toEqual(nothing);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  });

  it('an agent that dies is started again in its host; the record says who runs', async () => {
    const hosts = await raise({ count: 1 });
    void hosts.startAgents(() => ['/bin/sh', '-c', 'trap "exit 0" TERM; echo started; sleep 1000 & wait']);
    const first = readInventory(dataDir)!.hosts[0]!.agentPid!;
    const log = join(dataDir, 'hosts/host1/agent.log');
    const until = async (done: () => boolean): Promise<void> => {
      for (let tries = 0; !done(); tries += 1) {
        if (tries > 200) throw new Error('waited for too long');
        await clock.sleep(25);
      }
    };
    await until(() => existsSync(log) && readFileSync(log, 'utf8') === 'started\n');
    expect(netnsOf(first)).not.toBe(netnsOf(process.pid));
    process.kill(first, 'SIGKILL');
    await until(() => readFileSync(log, 'utf8') === 'started\nstarted\n');
    expect(readInventory(dataDir)!.hosts[0]).toMatchObject({ agentRestarts: 1 });
    const second = readInventory(dataDir)!.hosts[0]!.agentPid!;
    expect(second).not.toBe(first);
    // Stopped, as by `kill`, it stays away: that is how a person takes a node out.
    process.kill(second, 'SIGTERM');
    await until(() => readInventory(dataDir)!.hosts[0]!.agentPid === undefined);
    await clock.sleep(1500);
    expect(readFileSync(log, 'utf8')).toBe('started\nstarted\n');
    await hosts.close();
    expect(leftovers(hosts.plan.id)).toEqual(nothing);
    expect(existsSync(log)).toBe(true);
  });

  it('an agent that cannot start is given up with its last words', async () => {
    const hosts = await raise({ count: 1 });
    await expect(hosts.startAgents(() => ['/bin/sh', '-c', 'echo the reason; exit 3'])).rejects.toThrow(/^the agent of host1 ended 3 times; its last words in .*agent\.log:\nthe reason\n/);
  });

  it('what a killed run left is cleared away by the next one, and by removing the cluster', async () => {
    const killed = await raise();
    void killed.startAgents(() => ['/bin/sh', '-c', 'sleep 1000 & sleep 1000 & wait']);
    await clock.sleep(100);
    // The first supervisor knows nothing of the second run, as if it had been killed; it must not start agents again.
    const agents = readInventory(dataDir)!.hosts.map(({ agentPid }) => agentPid!);
    const again = await raise();
    expect(allProcesses().some(({ pid }) => agents.includes(pid))).toBe(false);
    expect(again.plan).toEqual(killed.plan);
    open.splice(open.indexOf(killed), 1);
    await killed.close(); // ends its restarts; takes the namespaces with it, which the last step expects
    await removeHosts(dataDir, { programs: systemPrograms, clock });
    expect(leftovers(again.plan.id)).toEqual(nothing);
  });
});

describeWith(containers)('containerd of a host', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'keelson-hosts-'))));
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('has its own images, runs a container that outlives it, and leaves nothing when switched off', async () => {
    const ctr = findProgram('ctr')!;
    let shimSocket = '';
    const hosts = await Hosts.open({
      dataDir, count: 1, podCidr: '10.213.0.0/16', podCidrMask: 24, images: [join(images, 'pause.tar')], programs: systemPrograms, clock, log: silentLogger, environment: process.env,
      containerd: { containerd: findProgram('containerd')!, runc: findProgram('runc')!, ctr, sandboxImage: 'registry.k8s.io/pause:3.9', cniBinaries: '/usr/lib/cni' },
    });
    try {
      await hosts.startContainerds(new AbortController().signal);
      const { socket, containerdPid, runDir } = readInventory(dataDir)!.hosts[0]!;
      const run = (...args: string[]): string => execFileSync(ctr, ['--address', socket, '--namespace', 'k8s.io', ...args], { encoding: 'utf8' });
      expect(run('images', 'list', '-q').split('\n')).toContain('registry.k8s.io/pause:3.9');
      run('run', '-d', '--runc-binary', findProgram('runc')!, '--runc-root', join(runDir, 'containerd/runc'), 'registry.k8s.io/pause:3.9', 'one');
      const task = (): string => run('tasks', 'list').split('\n').find((line) => line.startsWith('one'))?.replace(/\s+/g, ' ') ?? '';
      const running = task();
      shimSocket = readFileSync(join(runDir, 'containerd/state/io.containerd.runtime.v2.task/k8s.io/one/address'), 'utf8').replace('unix://', '').trim();
      expect(existsSync(shimSocket)).toBe(true);
      expect(running).toMatch(/RUNNING/);
      process.kill(containerdPid!, 'SIGKILL');
      for (let tries = 0; readInventory(dataDir)!.hosts[0]!.containerdPid === containerdPid || readInventory(dataDir)!.hosts[0]!.containerdPid === undefined; tries += 1) {
        if (tries > 200) throw new Error('containerd was not started again');
        await clock.sleep(25);
      }
      for (let tries = 0; ; tries += 1) {
        try {
          expect(task()).toBe(running);
          break;
        } catch (error) {
          if (tries > 100) throw error;
          await clock.sleep(50);
        }
      }
    } finally {
      await hosts.close();
    }
    expect(leftovers(hosts.plan.id)).toEqual(nothing);
    expect(existsSync(shimSocket)).toBe(false);
  });
});
