import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = process.cwd();
const generator = join(root, 'tools/schema/generate.mjs');

function files(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      // Generated types import hand-written ones by a path relative to where they belong.
      return [path.slice(folder.length), readFileSync(path, 'utf8')];
    }),
  );
}

describe('schema generator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-schema-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes the same files each time, in seconds, and only when its inputs have changed', () => {
    const run = (): string => execFileSync(process.execPath, [generator, folder], { encoding: 'utf8', timeout: 20_000 });
    expect(run()).toBe('schema: 573 definitions\n');
    const first = files(folder);
    expect(first).toEqual(files(join(root, 'packages/api/generated')));
    expect(run()).toBe('schema: up to date\n');
    writeFileSync(join(folder, 'inputs.sha256'), 'of other inputs');
    writeFileSync(join(folder, 'definitions.ts'), 'stale');
    expect(run()).toBe('schema: 573 definitions\n');
    expect(files(folder)).toEqual(first);
  });
});
