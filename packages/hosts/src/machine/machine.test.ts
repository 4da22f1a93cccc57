import type { Clock } from '@keelson/sdk';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerdConfig } from '../containerd/config.ts';
import { withMachineLock } from './machine-lock.ts';
import { mountsBelow } from './mounts.ts';
import { entryOf, withDescendants } from './processes.ts';

test('mounts below a folder, the innermost first, with blanks in their names', () => {
  const info = ['36 35 98:0 / /run/k rw - tmpfs none rw', '37 36 98:0 / /run/k/a rw - overlay o rw', '38 37 98:0 / /run/k/a/b\\040c rw - tmpfs none rw', '39 35 98:0 / /run/keep rw - tmpfs none rw', ''].join('\n');
  expect(mountsBelow('/run/k', info)).toEqual(['/run/k/a/b c', '/run/k/a']);
});

test('descendants of processes, and nobody else', () => {
  const all = [[1, 0], [10, 1], [11, 10], [12, 11], [20, 1], [21, 20]].map(([pid, parent]) => ({ pid: pid!, parent: parent! }));
  expect(withDescendants([10, 21], all)).toEqual([10, 11, 12, 21]);
});

test('the configuration of containerd names its own folders and the options that this kind of machine needs', () => {
  const text = containerdConfig({ root: '/d/containerd', state: '/r/state', socket: '/r/c.sock', runc: '/usr/sbin/runc', runcRoot: '/r/runc', sandboxImage: 'example.org/pause:1', cniBinDir: '/r/bin', cniConfDir: '/r/net.d' });
  for (const line of ['root = "/d/containerd"', 'state = "/r/state"', 'address = "/r/c.sock"', 'address = "/r/c.sock.ttrpc"', 'sandbox_image = "example.org/pause:1"', 'restrict_oom_score_adj = true', 'netns_mounts_under_state_dir = true', 'BinaryName = "/usr/sbin/runc"', 'Root = "/r/runc"', 'bin_dir = "/r/bin"', 'conf_dir = "/r/net.d"']) {
    expect(text).toContain(line);
  }
});

describe('the lock of the machine', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'keelson-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  let now = 0;
  const clock = { monotonic: () => now, sleep: (ms: number) => ((now += ms), new Promise<void>((resolve) => setImmediate(resolve))) } as unknown as Clock;

  it('lets one after the other in, and is given back when the work fails', async () => {
    const file = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (fail: boolean): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (fail) throw new Error('failed');
    };
    const all = await Promise.allSettled([false, true, false].map((fail) => withMachineLock(file, clock, () => work(fail))));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([most, existsSync(file)]).toEqual([1, false]);
  });

  it('counts for nothing when its process is gone, also when another one has its number', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} 1`);
    expect(await withMachineLock(file, clock, () => Promise.resolve('done'))).toBe('done');
  });

  it('is not waited for without end', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} ${entryOf(process.pid)!.started}`);
    await expect(withMachineLock(file, clock, () => Promise.resolve())).rejects.toMatchObject({ code: 'KEEL_HOSTS_LOCKED' });
  });
});
