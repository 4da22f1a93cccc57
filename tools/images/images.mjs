// The images that tests and examples run, each with what is in it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageArchive } from './oci-layout.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const architectures = { x64: 'amd64', arm64: 'arm64' };

/** File names (below .keelson/images, without `.tar`) and image names, with the way to build each. */
export const images = [
  { file: 'pause', name: 'registry.k8s.io/pause:3.9', build: pause },
  { file: 'busybox', name: 'keelson.dev/busybox:1', build: busybox },
  { file: 'echo', name: 'keelson.dev/echo:1', build: echo },
];

/** The archive of one of `images`; the same bytes for the same programs and compiler. */
export function buildImage({ name, build }) {
  const architecture = architectures[process.arch];
  if (architecture === undefined || process.platform !== 'linux') throw new Error(`images are built on Linux on x86-64 or arm64, not on ${process.platform} ${process.arch}`);
  return imageArchive({ name, architecture, ...build() });
}

function pause() {
  return {
    from: 'tools/images/pause.c',
    entries: [{ path: 'pause', mode: 0o755, data: compile('pause.c') }],
    config: { Entrypoint: ['/pause'], Env: [path], User: '65535:65535', WorkingDir: '/' },
  };
}

function echo() {
  return {
    from: 'tools/images/echo.c',
    entries: [{ path: 'echo', mode: 0o755, data: compile('echo.c', '-pthread') }],
    config: { Entrypoint: ['/echo'], Env: [path], User: '65532:65532', WorkingDir: '/', ExposedPorts: { '8080/tcp': {} } },
  };
}

/** Debian's static busybox; all that it can do is linked to it, but for wget, see rootfs/wget. */
function busybox() {
  const program = realpathSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim());
  const applets = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n').filter((name) => !['busybox', ...replaced].includes(name)).sort();
  return {
    from: 'busybox-static of Debian',
    entries: [
      ...['bin/', 'etc/', 'root/', 'home/', 'usr/', 'usr/bin/', 'var/', 'var/log/'].map((folder) => ({ path: folder })),
      { path: 'tmp/', mode: 0o1777 },
      { path: 'bin/busybox', mode: 0o755, data: withoutReplaced(readFileSync(program)) },
      { path: 'bin/wget', mode: 0o755, data: readFileSync(join(here, 'rootfs/wget')) },
      { path: 'bin/host', mode: 0o755, data: compile('host.c', '-lresolv') },
      { path: 'bin/nslookup', mode: 0o777, link: '/bin/host' },
      ...applets.map((applet) => ({ path: `bin/${applet}`, mode: 0o777, link: '/bin/busybox' })),
      { path: 'usr/bin/env', mode: 0o777, link: '/bin/busybox' },
      { path: 'etc/passwd', data: Buffer.from('root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n') },
      { path: 'etc/group', data: Buffer.from('root:x:0:\nnogroup:x:65534:\n') },
      { path: 'etc/nsswitch.conf', data: Buffer.from('hosts: files dns\n') },
    ],
    config: { Cmd: ['sh'], Env: [path], WorkingDir: '/' },
  };
}

/** Applets that the image has programs of its own for. */
const replaced = ['nslookup', 'wget'];

/** Renames applets in busybox's table of names, so that its shell finds the image's programs; the table stays sorted enough for its search. */
function withoutReplaced(program) {
  const patched = Buffer.from(program);
  for (const applet of replaced) {
    const name = Buffer.from(`\0${applet}\0`);
    const found = positionsOf(program, name).filter((at) => isInTable(program, at));
    if (found.length !== 1) throw new Error(`this busybox keeps its names otherwise than expected: adapt withoutReplaced in tools/images/images.mjs (${applet})`);
    patched.write(`${applet.slice(0, -1)}${applet.at(-1).toUpperCase()}`, found[0] + 1);
  }
  return patched;
}

function positionsOf(bytes, text) {
  const found = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
  return found;
}

/** The table of names holds them all, sorted: the neighbours of a name in it are applets as well. */
function isInTable(bytes, at) {
  const applets = new Set(['nproc', 'nsenter', 'nslookup', 'ntpd', 'nl', 'nuke', 'wc', 'wget', 'which', 'whois', 'who', 'whoami']);
  const before = bytes.subarray(Math.max(0, at - 32), at).toString('latin1').split('\0').at(-1);
  return applets.has(before);
}

/** Without build ids and paths, so that two folders give the same program. */
function compile(source, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-image-'));
  try {
    const output = join(folder, 'program');
    execFileSync('gcc', ['-static', '-O2', '-Wall', '-Wextra', '-s', '-Wl,--build-id=none', `-ffile-prefix-map=${here}=.`, ...options.filter((option) => !option.startsWith('-l')), '-o', output, join(here, source), ...options.filter((option) => option.startsWith('-l'))], { stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
