// For tests only: a containerd of their own, in a network namespace of its own, and nothing left of it afterwards.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const images = fileURLToPath(new URL('../../../../../.keelson/images', import.meta.url));
const programs = ['containerd', 'runc', 'ip', 'nsenter', 'perl'];
const standardCni = '/usr/lib/cni';

/** For `describeWith`: what has to be there for real containers. */
export const realContainerd = {
  name: 'containerd, runc, standard CNI binaries, root and the test images',
  missing: (): string | undefined => {
    if (process.getuid?.() !== 0) return 'not root';
    const none = programs.find((name) => find(name) === undefined);
    if (none !== undefined) return `no ${none} on PATH; tools/setup/real-parts.mjs installs it`;
    if (!existsSync(join(standardCni, 'bridge'))) return `no ${standardCni}/bridge; tools/setup/real-parts.mjs installs it`;
    return existsSync(join(images, 'echo.tar')) ? undefined : 'no .keelson/images; run: node tools/images/build.mjs';
  },
};

export class TestContainerd {
  readonly dir = mkdtempSync(join(tmpdir(), 'keelson-cri-'));
  readonly socket = join(this.dir, 'c.sock');
  readonly confDir = join(this.dir, 'cni');
  readonly binDir = join(this.dir, 'bin');
  /** Of all its pods. */
  readonly cgroupRoot: string;
  /** Where pods reach the machine, and the machine the host's own network. */
  readonly gateway: string;
  readonly address: string;
  readonly #name: string;
  readonly #number: number;
  #process: ChildProcess | undefined;

  /** `bridge`: standard binaries do the network. `none`: whoever writes into `confDir`. */
  constructor(private readonly network: 'bridge' | 'none') {
    this.#number = (process.pid % 120) * 2 + (network === 'bridge' ? 0 : 1);
    this.#name = `klcri${this.#number}`;
    this.cgroupRoot = `/keelson-cri-${process.pid}-${this.#number}`;
    this.gateway = `10.98.${this.#number}.1`;
    this.address = `10.98.${this.#number}.2`;
  }

  async start(): Promise<void> {
    const name = this.#name;
    run('ip', 'netns', 'add', name);
    run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    run('ip', 'addr', 'add', `${this.gateway}/30`, 'dev', name);
    run('ip', 'link', 'set', name, 'up');
    run('ip', '-n', name, 'addr', 'add', `${this.address}/30`, 'dev', 'eth0');
    run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    mkdirSync(this.confDir);
    mkdirSync(this.binDir);
    if (this.network === 'bridge') writeFileSync(join(this.confDir, '10-test.conflist'), JSON.stringify(this.#conflist()));
    writeFileSync(join(this.dir, 'config.toml'), this.#config());
    await this.launch();
    for (const name of ['pause', 'busybox', 'echo'] as const) this.importImage(name);
    this.ctr('images', 'tag', 'keelson.dev/busybox:1', 'example.org/app:1');
  }

  /** Starts it, again after `kill`, and waits until it answers. */
  async launch(): Promise<void> {
    const log = openSync(join(this.dir, 'log'), 'a');
    this.#process = spawn('nsenter', [`--net=/run/netns/${this.#name}`, 'containerd', '-c', join(this.dir, 'config.toml')], { detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    for (let tries = 0; !(await answers(this.socket)); tries++) {
      if (tries > 200) throw new Error(`containerd does not start:\n${readFileSync(join(this.dir, 'log'), 'utf8').slice(-2000)}`);
      await sleep(50);
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  importImage(name: 'pause' | 'busybox' | 'echo'): void {
    this.ctr('images', 'import', join(images, `${name}.tar`));
  }

  ctr(...args: string[]): string {
    return run('ctr', '-a', this.socket, '-n', 'k8s.io', ...args);
  }

  /** In the network namespace of the host. */
  inside(...command: string[]): string {
    return run('nsenter', `--net=/run/netns/${this.#name}`, ...command);
  }

  /** Everything that is there because of this containerd, by kind; all empty when no pod is left. */
  leftovers(): { readonly processes: readonly string[]; readonly mounts: readonly string[]; readonly cgroups: readonly string[]; readonly links: readonly string[] } {
    const mine = processes().filter(({ command }) => command.includes(this.dir));
    const links = run('ip', '-n', this.#name, '-o', 'link').split('\n').filter((line) => / veth/.test(line));
    return {
      processes: mine.filter(({ command }) => command.includes('containerd-shim')).map(({ command }) => command),
      mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').filter((line) => line.includes(this.dir)),
      cgroups: cgroupFolders(this.cgroupRoot).flatMap((folder) => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))),
      links,
    };
  }

  /** Ends it and removes all that it made, also after a failed test. */
  async destroy(): Promise<void> {
    await this.kill('SIGTERM');
    for (const { pid, command } of processes()) if (command.includes(this.dir)) tryTo(() => process.kill(pid, 'SIGKILL'));
    for (const { pid } of inCgroups(this.cgroupRoot)) tryTo(() => process.kill(pid, 'SIGKILL'));
    await sleep(50);
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(this.dir));
    for (const path of mounts.reverse()) tryTo(() => run('umount', '-l', path));
    for (const folder of cgroupFolders(this.cgroupRoot)) removeTree(folder);
    tryTo(() => run('ip', 'link', 'del', this.#name));
    tryTo(() => run('ip', 'netns', 'del', this.#name));
    rmSync(this.dir, { recursive: true, force: true });
  }

  #conflist(): object {
    const ipam = { type: 'host-local', dataDir: join(this.dir, 'ipam'), ranges: [[{ subnet: `10.97.${this.#number}.0/24` }]] };
    return {
      cniVersion: '0.4.0',
      name: 'test',
      plugins: [
        { type: 'bridge', bridge: 'cni0', isGateway: true, isDefaultGateway: true, hairpinMode: true, ipam },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    };
  }

  #config(): string {
    const text = JSON.stringify;
    const cri = 'plugins."io.containerd.grpc.v1.cri"';
    return `version = 2
root = ${text(join(this.dir, 'root'))}
state = ${text(join(this.dir, 'state'))}
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = ${text(this.socket)}
[ttrpc]
  address = ${text(`${this.socket}.ttrpc`)}
[${cri}]
  sandbox_image = "registry.k8s.io/pause:3.9"
  stream_server_address = ${text(this.address)}
  stream_server_port = "0"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [${cri}.containerd]
    snapshotter = "overlayfs"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${cri}.containerd.runtimes.runc.options]
        BinaryName = ${text(find('runc'))}
        Root = ${text(join(this.dir, 'runc'))}
        SystemdCgroup = false
  [${cri}.cni]
    bin_dir = ${text(this.network === 'bridge' ? standardCni : this.binDir)}
    conf_dir = ${text(this.confDir)}
`;
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function find(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } });
}

function tryTo(work: () => unknown): void {
  try {
    work();
  } catch {
    // Gone already.
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket, () => {
      client.destroy();
      resolve(true);
    });
    client.on('error', () => resolve(false));
  });
}

function processes(): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return [];
    }
  });
}

function cgroupFolders(root: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ')).filter(([, , type]) => type === 'cgroup' || type === 'cgroup2');
  return mounts.map(([, path = '']) => join(path, root)).filter((folder) => existsSync(folder));
}

function inCgroups(root: string): { readonly pid: number }[] {
  const walk = (folder: string): number[] => {
    const own = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter((line) => line !== '').map(Number);
    return [...own, ...readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((entry) => walk(join(folder, entry.name)))];
  };
  return [...new Set(cgroupFolders(root).flatMap(walk))].map((pid) => ({ pid }));
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(folder, entry.name));
  tryTo(() => rmdirSync(folder));
}
