import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VolumeMountRequest } from '@keelson/sdk/volumes';
import { hostPathDriver } from './host-path-driver.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keelson-host-path-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const mount = (name: string, type: string | undefined, disk: boolean = true) =>
  hostPathDriver.mount({ volume: { name: 'v', hostPath: { path: join(folder, name), ...(type === undefined ? {} : { type }) } }, ...(disk ? { disk: {} } : {}) } as unknown as VolumeMountRequest);

describe('hostPath', () => {
  it.each(['DirectoryOrCreate', 'FileOrCreate'])('%s makes what is missing', async (type) => {
    expect(await mount('made', type)).toEqual({ hostPath: join(folder, 'made') });
    expect(statSync(join(folder, 'made')).isDirectory()).toBe(type === 'DirectoryOrCreate');
    await mount('made', type);
  });

  it.each([
    ['Directory', 'none', 'directory'], ['Directory', 'file', 'directory'], ['File', '.', 'file'], ['FileOrCreate', 'no/such', 'file'],
    ['Socket', 'file', 'socket'], ['CharDevice', 'file', 'character device'], ['BlockDevice', 'file', 'block device'],
  ])('%s refuses %s', async (type, name, words) => {
    writeFileSync(join(folder, 'file'), '');
    await expect(mount(name, type)).rejects.toThrow(`hostPath type check failed: ${join(folder, name)} is not a ${words}`);
  });

  it('accepts what is of its type, and anything without one', async () => {
    const server = createServer().listen(join(folder, 's'));
    await new Promise((resolve) => server.once('listening', resolve));
    await mount('s', 'Socket');
    await mount('.', 'Directory');
    await mount('not-there', undefined);
    await mount('not-there', '');
    expect(existsSync(join(folder, 'not-there'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it('checks nothing where nothing is mounted', async () => {
    expect(await mount('none', 'Directory', false)).toEqual({ hostPath: join(folder, 'none') });
  });
});
