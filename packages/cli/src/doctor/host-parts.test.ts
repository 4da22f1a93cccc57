import { hostChecks, hostImages } from './host-checks.ts';
import { hostPrograms, missingHostParts, missingText } from './host-parts.ts';
import type { Machine } from './machine.ts';

interface Given {
  readonly programs?: readonly string[];
  readonly files?: readonly string[];
  /** First words of commands that fail. */
  readonly failing?: readonly string[];
  readonly root?: boolean;
}

const everything = ['ip', 'nsenter', 'unshare', 'umount', 'sysctl', 'containerd', 'ctr', 'runc', 'nft', 'apt-get'];
const files = ['/usr/lib/cni/loopback', '/proc/sys/net/bridge/bridge-nf-call-iptables', '/proc/filesystems'];

function machineOf({ programs = everything, files: there = files, failing = [], root = true }: Given = {}): Machine & { readonly ran: string[] } {
  const ran: string[] = [];
  return {
    nodeVersion: '22.0.0', platform: 'linux', isRoot: root, ran,
    findProgram: (name) => (programs.includes(name) ? `/usr/sbin/${name}` : undefined),
    run: (name, args) => {
      const line = [name, ...args].join(' ');
      ran.push(line);
      return Promise.resolve({ ok: !failing.some((text) => line.includes(text)), output: 'E: no such package' });
    },
    fileHolds: (path) => there.includes(path), isPortFree: () => Promise.resolve(true), folderState: () => 'writable', freeBytes: () => Promise.resolve(undefined),
  };
}

test('a machine that has everything lacks nothing, and says where it is', async () => {
  expect(await missingHostParts(machineOf(), true)).toEqual([]);
  expect(hostPrograms(machineOf())).toEqual({ containerd: '/usr/sbin/containerd', runc: '/usr/sbin/runc', ctr: '/usr/sbin/ctr', cniBinaries: '/usr/lib/cni' });
});

test('everything that is missing is told at once, each with what to type', async () => {
  const missing = await missingHostParts(machineOf({ programs: ['ip', 'nsenter', 'unshare', 'umount', 'sysctl', 'ctr', 'nft'], files: files.slice(2), failing: ['vxlan'] }), true);
  expect(missingText(missing)).toBe(`hosts need what this machine does not have:
  containerd: not found on PATH; apt-get install containerd
  runc: not found on PATH; apt-get install runc
  CNI binaries: no loopback in /usr/lib/cni or /opt/cni/bin; apt-get install containernetworking-plugins
  br_netfilter: the kernel does not offer it; modprobe br_netfilter
  VXLAN: the kernel does not offer it; modprobe vxlan
"keelson doctor --fix" installs the packages; --nodes N runs without any of this`);
});

test.each([
  ['without root', { root: false }, ['root']],
  ['without ip', { programs: everything.filter((name) => name !== 'ip') }, ['ip']],
])('nothing is tried %s', async (_title, given, names) => {
  const machine = machineOf(given);
  expect((await missingHostParts(machine, true)).map(({ name }) => name)).toEqual(names);
  expect(machine.ran).toEqual([]);
});

test('without real containers neither containerd nor VXLAN is needed', async () => {
  expect(await missingHostParts(machineOf({ programs: ['ip', 'nsenter', 'unshare', 'umount', 'sysctl', 'nft'], files: files.slice(1, 2), failing: ['vxlan', 'nft'] }), false)).toEqual([]);
});

test('the doctor installs all missing packages in one go, after a refresh of the lists when they are not known', async () => {
  const machine = machineOf({ programs: everything.filter((name) => name !== 'runc' && name !== 'containerd' && name !== 'ctr') });
  const findings = await hostChecks(machine);
  expect(findings.map(({ check, verdict }) => `${verdict} ${check}`)).toEqual(['warn hosts: containerd', 'warn hosts: ctr', 'warn hosts: runc']);
  machine.ran.splice(0);
  expect(await Promise.all(findings.map(({ fix }) => fix!()))).toEqual(Array.from({ length: 3 }, () => 'installed containerd, runc'));
  expect(machine.ran).toEqual(['/usr/sbin/apt-get install --yes --no-install-recommends containerd runc']);
  const stubborn = machineOf({ programs: everything.filter((name) => name !== 'runc'), failing: ['apt-get install'] });
  await expect((await hostChecks(stubborn))[0]!.fix!()).rejects.toThrow(/^apt-get install .* runc failed: E: no such package$/);
  expect(stubborn.ran.slice(-3).map((line) => line.split(' ')[1])).toEqual(['install', 'update', 'install']);
});

test('nobody but root is offered an installation', async () => {
  expect((await hostChecks(machineOf({ root: false, programs: ['apt-get'] }))).every(({ fix }) => fix === undefined)).toBe(true);
});

test('a missing image of sandboxes is told', () => {
  expect(hostImages({}, machineOf())).toMatchObject([{ check: 'hosts: images', verdict: 'warn' }]);
  expect(hostImages({ images: '/images' }, machineOf())).toHaveLength(1);
  expect(hostImages({ images: '/images' }, machineOf({ files: ['/images/pause.tar'] }))).toEqual([]);
});
