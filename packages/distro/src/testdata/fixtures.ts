import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as core from '@keelson/api/core/v1';
import * as sdk from '@keelson/sdk';
import * as controller from '@keelson/sdk/controller';
import * as zod from 'zod';
import * as distro from '../index.ts';

/** What the command line registers, as far as these tests need it. */
export function registerForTests(): void {
  distro.registerHostModules({ '@keelson/sdk': sdk, '@keelson/sdk/controller': controller, '@keelson/api/core/v1': core, '@keelson/distro': distro, zod });
}

/** A plugin with everything unimportant filled in. */
export function plugin(name: string, rest: object = {}): sdk.Plugin {
  return sdk.definePlugin({ name, version: '1.0.0', kind: 'extension', summary: 'a test plugin', setup: () => [], ...rest } as sdk.Plugin);
}

/** A folder outside the repository with the given files; gone after the tests. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-distro-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
