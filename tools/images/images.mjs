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
  const applets = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n').filter((name) => name !== 'busybox' && name !== 'wget').sort();
  return {
    from: 'busybox-static of Debian',
    entries: [
      ...['bin/', 'etc/', 'root/', 'home/', 'usr/', 'usr/bin/', 'var/', 'var/log/'].map((folder) => ({ path: folder })),
      { path: 'tmp/', mode: 0o1777 },
      { path: 'bin/busybox', mode: 0o755, data: withoutWget(readFileSync(program)) },
      { path: 'bin/wget', mode: 0o755, data: readFileSync(join(here, 'rootfs/wget')) },
      ...applets.map((applet) => ({ path: `bin/${applet}`, mode: 0o777, link: '/bin/busybox' })),
      { path: 'usr/bin/env', mode: 0o777, link: '/bin/busybox' },
      { path: 'etc/passwd', data: Buffer.from('root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n') },
      { path: 'etc/group', data: Buffer.from('root:x:0:\nnogroup:x:65534:\n') },
      { path: 'etc/nsswitch.conf', data: Buffer.from('hosts: files dns\n') },
    ],
    config: { Cmd: ['sh'], Env: [path], WorkingDir: '/' },
  };
}

/** Renames the applet in busybox's sorted table of names, so that its shell finds rootfs/wget for `wget`. */
function withoutWget(program) {
  const table = Buffer.from('\0wc\0wget\0which\0');
  const at = program.indexOf(table);
  if (at < 0 || program.indexOf(table, at + 1) >= 0) throw new Error('this busybox keeps its names otherwise than expected: adapt withoutWget in tools/images/images.mjs');
  const patched = Buffer.from(program);
  patched.write('\0wc\0wgeT\0which\0', at);
  return patched;
}

/** Without build ids and paths, so that two folders give the same program. */
function compile(source, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-image-'));
  try {
    const output = join(folder, 'program');
    execFileSync('gcc', ['-static', '-O2', '-Wall', '-Wextra', '-s', '-Wl,--build-id=none', `-ffile-prefix-map=${here}=.`, ...options, '-o', output, join(here, source)], { stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
