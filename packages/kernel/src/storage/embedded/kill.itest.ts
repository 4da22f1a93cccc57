import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { ManualClock } from '../manual-clock.ts';
import { openEmbeddedStore } from './embedded-store.ts';

const root = mkdtempSync(join(tmpdir(), 'keelson-kill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

// Creates keys as fast as it can, 50 at a time, and prints each one that was acknowledged.
const program = `
import { openEmbeddedStore } from ${JSON.stringify(join(__dirname, 'embedded-store.ts'))};
const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => ({ cancel: () => undefined }), sleep: async () => undefined };
const [directory, round, snapshotBytes] = process.argv.slice(2);
const store = await openEmbeddedStore({ directory, clock, snapshotBytes: Number(snapshotBytes) });
process.stdout.write('open\\n');
let next = 0;
const worker = async () => {
  while (next < 1000) {
    const key = 'round-' + round + '-' + next++;
    const { ok } = await store.txn({ compare: [{ key, modRevision: 0 }], ops: [{ type: 'put', key, value: Buffer.alloc(2048, key) }] });
    if (ok) process.stdout.write(key + '\\n');
  }
};
await Promise.all(Array.from({ length: 50 }, worker));
process.stdout.write('end\\n');
setInterval(() => undefined, 1000);
`;

describe('a process killed while it writes', () => {
  const bundle = join(root, 'writer.mjs');
  beforeAll(() => {
    const source = join(root, 'writer.ts');
    writeFileSync(source, program);
    buildSync({ entryPoints: [source], outfile: bundle, bundle: true, platform: 'node', format: 'esm', conditions: ['keelson-source'], logLevel: 'error' });
  });

  function start(directory: string, round: number, snapshotBytes: number): { readonly child: ChildProcess; readonly acknowledged: string[]; readonly reached: (count: number) => Promise<void> } {
    const child = spawn(process.execPath, [bundle, directory, String(round), String(snapshotBytes)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    let wake = (): void => undefined;
    createInterface({ input: child.stdout! }).on('line', (line) => {
      acknowledged.push(line);
      wake();
    });
    const reached = async (count: number): Promise<void> => {
      while (acknowledged.length < count && acknowledged[acknowledged.length - 1] !== 'end') await new Promise<void>((resolve) => (wake = resolve));
    };
    return { child, acknowledged, reached };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  it.each([64 << 20, 200_000])('has every acknowledged key afterwards, with whole values (snapshot after %i bytes)', async (snapshotBytes) => {
    const directory = join(root, `data-${snapshotBytes}`);
    const all: string[] = [];
    for (const [round, killAt] of [1, 137, 400, 850].entries()) {
      const { child, acknowledged, reached } = start(directory, round, snapshotBytes);
      // More than killAt: the line 'open' and one key beyond, so that the count below does not hang on how far the child runs on.
      await reached(killAt + 2);
      await kill(child);
      expect(acknowledged[0]).toBe('open');
      all.push(...acknowledged.slice(1).filter((line) => line !== 'end'));
    }
    expect(all.length).toBeGreaterThan(1388);
    const store = await openEmbeddedStore({ directory, clock: new ManualClock(), logger: { warn: () => undefined } });
    const { entries } = await store.range({ start: 'round-', end: 'round.' });
    const found = new Map(entries.map((entry) => [entry.key, entry.value]));
    expect(all.filter((key) => found.get(key)?.equals(Buffer.alloc(2048, key)) !== true)).toEqual([]);
    expect([...found].filter(([key, value]) => !value.equals(Buffer.alloc(2048, key)))).toEqual([]);
    await store.close();
  }, 60_000);

  it('keeps a second process out while it lives, by its id, and lets one in once it is dead', async () => {
    const directory = join(root, 'locked');
    const { child, reached } = start(directory, 0, 1 << 20);
    await reached(1);
    await expect(openEmbeddedStore({ directory, clock: new ManualClock() })).rejects.toMatchObject({ code: 'KEEL_STORE_LOCKED', message: expect.stringContaining(`in use by process ${child.pid}`) });
    await kill(child);
    await (await openEmbeddedStore({ directory, clock: new ManualClock() })).close();
  }, 30_000);
});
