import { chmodSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFiles } from './atomic-files.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keelson-atomic-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (path: string, content: string | Uint8Array, mode = 0o644) => ({ path, content, mode });
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const visible = () => readdirSync(folder).filter((name) => !name.startsWith('..')).sort();

describe('replaceFiles', () => {
  it('writes files with their modes behind one link, and nothing when they are there already', async () => {
    await replaceFiles(folder, [file('a', 'one'), file('dir/b', Uint8Array.of(0, 255), 0o400)], undefined);
    expect(visible()).toEqual(['a', 'dir']);
    expect(read('a')).toBe('one');
    expect(readFileSync(join(folder, 'dir/b'))).toEqual(Buffer.from([0, 255]));
    expect(statSync(join(folder, 'dir/b')).mode & 0o777).toBe(0o400);
    expect(readlinkSync(join(folder, 'a'))).toBe('..data/a');
    const target = readlinkSync(join(folder, '..data'));
    await replaceFiles(folder, [file('dir/b', Uint8Array.of(0, 255), 0o400), file('a', 'one')], undefined);
    expect(readlinkSync(join(folder, '..data'))).toBe(target);
  });

  it.each([
    ['content', [file('a', 'two')]],
    ['a mode', [file('a', 'one', 0o600)]],
    ['a file more', [file('a', 'one'), file('b', 'two')]],
    ['no file', []],
  ])('swaps all at once when %s changes, and leaves nothing of the old', async (_, next) => {
    await replaceFiles(folder, [file('a', 'one')], undefined);
    const before = readlinkSync(join(folder, '..data'));
    await replaceFiles(folder, next, undefined);
    const after = readlinkSync(join(folder, '..data'));
    expect(after).not.toBe(before);
    expect(visible()).toEqual(next.map(({ path }) => path));
    expect(readdirSync(folder).filter((name) => name.startsWith('..')).sort()).toEqual(['..data', after].sort());
    for (const { path, content, mode } of next) {
      expect(read(path)).toBe(content);
      expect(statSync(join(folder, path)).mode & 0o777).toBe(mode);
    }
  });

  it('repairs what an interrupted run left', async () => {
    await replaceFiles(folder, [file('a', 'one')], undefined);
    const half = join(folder, readlinkSync(join(folder, '..data')));
    chmodSync(join(half, 'a'), 0o600);
    rmSync(join(half, 'a'));
    await replaceFiles(folder, [file('a', 'one')], undefined);
    expect(read('a')).toBe('one');
  });

  it.each(['', '/a', '../a', 'a/../b', '..a', 'a/..'])('refuses the path %j', async (path) => {
    await expect(replaceFiles(folder, [file(path, 'x')], undefined)).rejects.toThrow(`invalid path ${JSON.stringify(path)}`);
    expect(readdirSync(folder)).toEqual([]);
  });
});
