import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@keelson/sdk';
import { systemRandom } from '../adapters/system-random.ts';
import type { ApiAnswer } from '../adapters/cluster-api.ts';
import type { Parts } from '../seams.ts';
import type { World } from '../world.ts';

/** A world of a test: a folder of its own, streams as text, processes and signals by hand. */
export interface TestWorld extends World {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** pid → start mark. */
  readonly alive: Map<number, string>;
  readonly signalled: { pid: number; signal: string }[];
  /** What SIGTERM does; default: the process ends. */
  onTerm: (pid: number) => void;
  /** Answers of clusters by path without query. */
  readonly answers: Map<string, ApiAnswer>;
  readonly asked: string[];
  /** Delivers an error that nothing caught. */
  uncaughtError: (error: Error, kind: 'exception' | 'rejection') => void;
  /** Delivers a signal to the command. */
  interrupt(): void;
  forced: number | undefined;
  /** What a detached `up` prints, or how it ends. */
  detached: (args: readonly string[]) => Promise<{ pid: number; line: string }>;
}

const folders: string[] = [];

/** A folder that is gone after the tests of the file. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-cli-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function testWorld(options: { readonly env?: Record<string, string>; readonly parts?: Partial<Parts>; readonly folder?: string } = {}): TestWorld {
  const folder = options.folder ?? ownFolder();
  const out: string[] = [];
  const err: string[] = [];
  const alive = new Map<number, string>();
  let now = 1_700_000_000_000;
  let onStop: (() => void) | undefined;
  const none = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  const world: TestWorld = {
    clock: {
      now: () => now,
      monotonic: () => now,
      after: () => ({ cancel: () => undefined }),
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
    },
    random: systemRandom('test'),
    env: { ...options.env },
    cwd: folder,
    home: join(folder, 'home'),
    pid: 4242,
    out: { write: (text) => void out.push(text), isTerminal: false },
    err: { write: (text) => void err.push(text), isTerminal: false },
    self: ['node', 'keelson'],
    program: ['node', 'keelson'],
    version: '0.1.0',
    processes: {
      mark: (pid) => alive.get(pid),
      signal: (pid, signal) => {
        world.signalled.push({ pid, signal });
        if (signal === 'SIGKILL') alive.delete(pid);
        else world.onTerm(pid);
      },
      startDetached: (command) => world.detached(command),
    },
    signals: {
      listen: (stop) => {
        onStop = () => stop('SIGINT');
        return () => (onStop = undefined);
      },
    },
    uncaught: {
      listen: (onError) => {
        world.uncaughtError = onError;
        return () => undefined;
      },
    },
    uncaughtError: () => undefined,
    clusterApi: {
      get: (_access, path) => {
        world.asked.push(path);
        const answer = world.answers.get(path.split('?')[0]!);
        return answer ? Promise.resolve(answer) : Promise.reject(new Error(`connect ECONNREFUSED ${path}`));
      },
    },
    parts: { loadBoot: none, loadHostedBoot: none, loadNode: none, loadOperator: none, loadBuilder: none, loadPresets: () => Promise.resolve(new Map([['standard', { name: 'standard', version: '0.1.0' }]])), ...options.parts },
    logger: () => silentLogger,
    exitNow: (code) => {
      world.forced = code;
      throw new Error('exit');
    },
    stdout: () => out.join(''),
    stderr: () => err.join(''),
    alive,
    signalled: [],
    onTerm: (pid) => void alive.delete(pid),
    answers: new Map(),
    asked: [],
    interrupt: () => onStop?.(),
    forced: undefined,
    detached: none,
  };
  return world;
}
