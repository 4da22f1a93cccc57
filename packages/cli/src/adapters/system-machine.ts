import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Machine } from '../doctor/machine.ts';

/** The machine that this process runs on; programs are looked for in `extraBin` first, then on PATH. */
export function systemMachine(path: string | undefined, extraBin: readonly string[]): Machine {
  const folders = [...extraBin, ...(path ?? '').split(delimiter).filter((folder) => folder !== '')];
  return {
    nodeVersion: process.versions.node,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    findProgram: (name) => folders.map((folder) => join(folder, name)).find(isExecutable),
    run: (program, args, timeoutMs = 5000) =>
      new Promise((resolve) => {
        execFile(program, [...args], { timeout: timeoutMs, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => resolve({ ok: error === null, output: `${stdout}${stderr}${error?.message ?? ''}` }));
      }),
    fileHolds,
    isPortFree: (port) =>
      new Promise((resolve) => {
        const server = createServer();
        server.once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
      }),
    folderState,
    freeBytes: (at) => statfs(at).then((stats) => stats.bavail * stats.bsize, () => undefined),
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function fileHolds(path: string, text?: string): boolean {
  try {
    return text === undefined ? existsSync(path) : readFileSync(path, 'utf8').includes(text);
  } catch {
    return false;
  }
}

function folderState(path: string): ReturnType<Machine['folderState']> {
  if (!existsSync(path)) return 'missing';
  if (!statSync(path).isDirectory()) return 'not a folder';
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return 'writable';
  } catch {
    return 'not writable';
  }
}
