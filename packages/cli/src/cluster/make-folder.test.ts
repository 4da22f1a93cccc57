import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataFolder } from './make-folder.ts';

describe('makeDataFolder', () => {
  const root = mkdtempSync(join(tmpdir(), 'keelson-folder-'));
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('makes what is missing, for its owner alone, and is content with what is there', () => {
    makeDataFolder(join(root, 'a/b/c'));
    makeDataFolder(join(root, 'a/b/c'));
    expect(statSync(join(root, 'a/b/c')).mode & 0o777).toBe(0o700);
  });

  it('says what is wrong where a folder cannot be', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => makeDataFolder(join(root, 'file/below'))).toThrow(/data directory .* cannot be made: .*; choose another with --data-dir/);
    if (process.platform === 'linux') expect(() => makeDataFolder('/proc/keelson-cannot-be')).toThrow(/cannot be made/);
  });
});
