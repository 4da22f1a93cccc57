import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../../../../tools/jest/require-part.ts';
import { mountsBelow, unmountBelow } from './disk/mount-table.ts';
import { nodeDisk } from './disk/node-disk.ts';
import { bindSubPath } from './sub-path.ts';

const root = { name: 'root, to mount', missing: () => (process.getuid?.() === 0 ? undefined : 'not root') };

describeWith(root)('mounts', () => {
  let folder: string;
  let volume: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson mounts-'));
    volume = join(folder, 'volume');
    mkdirSync(volume, { mode: 0o770 });
  });
  afterEach(async () => {
    await unmountBelow(folder);
    rmSync(folder, { recursive: true });
  });
  const target = (): string => join(folder, 'subpaths/0');

  it('bind a folder or a file of a volume, once', async () => {
    writeFileSync(join(volume, 'f'), 'text');
    expect(readFileSync(await bindSubPath(volume, 'f', target()), 'utf8')).toBe('text');
    await bindSubPath(volume, 'f', target());
    expect(await mountsBelow(target())).toEqual([target()]);
  });

  it('make a folder that is missing, as open as the volume', async () => {
    await bindSubPath(volume, 'a/./b', target());
    expect(statSync(join(volume, 'a/b')).mode & 0o777).toBe(0o770 & statSync(volume).mode);
    writeFileSync(join(target(), 'f'), 'x');
    expect(readFileSync(join(volume, 'a/b/f'), 'utf8')).toBe('x');
  });

  it.each(['out', 'out/x', 'dir/out', '../other', '/etc'])('never lead out of the volume: %s', async (subPath) => {
    mkdirSync(join(volume, 'dir'));
    symlinkSync('/etc', join(volume, 'out'));
    symlinkSync('../../other', join(volume, 'dir/out'));
    mkdirSync(join(folder, 'other'));
    await expect(bindSubPath(volume, subPath, target())).rejects.toThrow(/failed to prepare subPath/);
    expect(await mountsBelow(folder)).toEqual([]);
  });

  it('follow a link that stays inside', async () => {
    mkdirSync(join(volume, 'dir'));
    writeFileSync(join(volume, 'dir/f'), 'inside');
    symlinkSync('dir', join(volume, 'link'));
    expect(readFileSync(await bindSubPath(volume, 'link/f', target()), 'utf8')).toBe('inside');
  });

  it('of memory are limited, made once, and removed with all that is mounted in them, which itself stays', async () => {
    const memory = join(folder, 'memory');
    await nodeDisk.mountMemory(memory, 1024 * 1024);
    await nodeDisk.mountMemory(memory, 1024 * 1024);
    expect(await mountsBelow(memory)).toEqual([memory]);
    expect(() => writeFileSync(join(memory, 'f'), Buffer.alloc(2 * 1024 * 1024))).toThrow(/ENOSPC/);
    writeFileSync(join(volume, 'precious'), 'x');
    await bindSubPath(volume, '.', join(memory, 'inner'));
    await nodeDisk.remove(memory);
    expect(await mountsBelow(folder)).toEqual([]);
    expect(readFileSync(join(volume, 'precious'), 'utf8')).toBe('x');
    await nodeDisk.remove(memory);
  });
});
