import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ManualClock } from '../manual-clock.ts';
import { openEmbeddedStore } from './embedded-store.ts';
import { recordHeaderSize, segmentHeaderSize, terminatorSize } from './frame.ts';

const clock = new ManualClock();
const root = mkdtempSync(join(tmpdir(), 'keelson-recovery-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Log {
  readonly directory: string;
  readonly file: string;
  /** Where each record begins, and behind the last one. */
  readonly offsets: readonly number[];
  /** The state after each record. */
  readonly states: readonly string[];
}

type Opened = { readonly state: string; readonly warned: boolean } | { readonly code: string; readonly message: string };

const state = async (store: Awaited<ReturnType<typeof openEmbeddedStore>>): Promise<string> =>
  `${store.revision}: ${(await store.range({ start: 'a', end: 'z' })).entries.map((entry) => `${entry.key}=${entry.value.toString()}@${entry.modRevision}`).join(' ')}`;

/** A log of one segment whose record boundaries are known. */
async function writeLog(name: string): Promise<Log> {
  const directory = join(root, name);
  const store = await openEmbeddedStore({ directory, clock });
  const file = join('store', 'log-000000000001');
  const offsets: number[] = [];
  const states: string[] = [await state(store)];
  for (let i = 0; i < 6; i++) {
    await store.txn({
      compare: [],
      ops: [
        { type: 'put', key: `k${i % 3}`, value: Buffer.from(`value ${i}`) },
        { type: 'delete', key: `k${(i + 1) % 3}` },
      ],
    });
    states.push(await state(store));
    offsets.push(statSync(join(directory, file)).size - terminatorSize);
  }
  await store.close();
  return { directory, file, offsets: [segmentHeaderSize, ...offsets], states };
}

/** Opens a damaged copy; twice, because the first opening may have repaired it, and writes in between. */
async function openCopy(log: Log, damage: (path: string) => void): Promise<Opened> {
  const directory = join(root, 'copy');
  rmSync(directory, { recursive: true, force: true });
  cpSync(log.directory, directory, { recursive: true });
  damage(join(directory, log.file));
  const warnings: string[] = [];
  let store;
  try {
    store = await openEmbeddedStore({ directory, clock, logger: { warn: (message) => warnings.push(message) } });
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  const found = await state(store);
  await store.txn({ compare: [], ops: [{ type: 'put', key: 'more', value: Buffer.from('x') }] });
  const after = await state(store);
  await store.close();
  const again = await openEmbeddedStore({ directory, clock, logger: { warn: (message) => warnings.push(`again: ${message}`) } });
  expect(await state(again)).toBe(after);
  await again.close();
  expect(warnings.filter((warning) => warning.startsWith('again'))).toEqual([]);
  return { state: found, warned: warnings.length > 0 };
}

describe('recovery', () => {
  let log: Log;
  let size: number;
  beforeAll(async () => {
    log = await writeLog('log');
    size = statSync(join(log.directory, log.file)).size;
  });

  it('opens a log that was cut at any byte, with every record that is whole', async () => {
    for (let at = 0; at < size; at++) {
      const whole = log.offsets.filter((offset) => offset <= at).length - 1;
      const opened = await openCopy(log, (path) => truncateSync(path, at));
      expect([at, opened]).toEqual([at, { state: log.states[Math.max(0, whole)], warned: whole <= 0 || (!log.offsets.includes(at) && at < log.offsets[6]!) }]);
    }
  }, 60_000);

  it('finds a flip of any byte: in the last record it costs that record, before it an error names file and offset', async () => {
    const last = log.offsets[5]!;
    const end = log.offsets[6]!;
    for (let at = 0; at < size; at++) {
      const opened = await openCopy(log, (path) => {
        const bytes = readFileSync(path);
        bytes[at] = bytes[at]! ^ 0x5a;
        writeFileSync(path, bytes);
      });
      if (at >= end) expect([at, opened]).toEqual([at, { state: log.states[6], warned: true }]);
      else if (at >= last) expect([at, opened]).toEqual([at, { state: log.states[5], warned: true }]);
      else {
        const offset = at < segmentHeaderSize ? 0 : Math.max(...log.offsets.filter((each) => each <= at));
        expect([at, opened]).toMatchObject([at, { code: 'KEEL_STORE_CORRUPT', message: expect.stringContaining(`${log.file} is corrupt at offset ${offset}`) }]);
        expect([at, opened]).toMatchObject([at, { message: expect.stringMatching(/restore the data directory from a backup, or move it away/) }]);
      }
    }
  }, 60_000);

  it('takes any torn write behind the last record for what it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (junk) => {
        const opened = await openCopy(log, (path) => {
          const bytes = Buffer.concat([readFileSync(path).subarray(0, log.offsets[6]), junk, Buffer.alloc(100)]);
          writeFileSync(path, bytes);
        });
        const visible = junk.subarray(0, recordHeaderSize).some((byte) => byte !== 0);
        expect(opened).toEqual({ state: log.states[6], warned: visible });
      }),
      { numRuns: 40 },
    );
  });

  it('notices a segment that is missing, or cut before a later one', async () => {
    const directory = join(root, 'several');
    for (let i = 0; i < 3; i++) {
      const store = await openEmbeddedStore({ directory, clock });
      for (let j = 0; j < 3; j++) await store.txn({ compare: [], ops: [{ type: 'put', key: `k${i}${j}`, value: Buffer.from('x') }] });
      await store.close();
    }
    const [first, second] = readdirSync(join(directory, 'store'));
    const several = { ...log, directory, file: join('store', second!) };
    expect(await openCopy(several, (path) => truncateSync(path, statSync(path).size - terminatorSize - 1))).toMatchObject({ code: 'KEEL_STORE_CORRUPT', message: expect.stringContaining(second!) });
    expect(await openCopy(several, (path) => rmSync(path))).toMatchObject({ code: 'KEEL_STORE_CORRUPT' });
    expect(await openCopy({ ...several, file: join('store', first!) }, (path) => rmSync(path))).toMatchObject({ code: 'KEEL_STORE_CORRUPT', message: expect.stringContaining('record 1 is missing') });
  });

  it('finds a flip of any byte of a snapshot', async () => {
    const directory = join(root, 'snapshot');
    const store = await openEmbeddedStore({ directory, clock, snapshotBytes: 1 });
    for (let j = 0; j < 8; j++) await store.txn({ compare: [], ops: [{ type: 'put', key: `k${j}`, value: Buffer.from('x') }] });
    await store.close();
    const file = join('store', readdirSync(join(directory, 'store')).find((each) => each.startsWith('snapshot-'))!);
    const bytes = readFileSync(join(directory, file));
    for (let at = 0; at < bytes.length; at++) {
      // The last word of the header is padding.
      if (at >= 12 && at < 16) continue;
      const opened = await openCopy({ ...log, directory, file }, (path) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = flipped[at]! ^ 0x5a;
        writeFileSync(path, flipped);
      });
      expect([at, opened]).toMatchObject([at, { code: 'KEEL_STORE_CORRUPT', message: expect.stringContaining(file) }]);
    }
  }, 60_000);
});

it('says that it starts empty when its files were lost, and not when it is new', async () => {
  const log = await writeLog('lost');
  const warnings: string[] = [];
  const open = async (directory: string): Promise<string> => {
    const store = await openEmbeddedStore({ directory, clock, logger: { warn: (message) => warnings.push(message) } });
    const held = await state(store);
    await store.close();
    return held;
  };
  expect(await open(log.directory)).toBe(log.states.at(-1));
  await open(join(root, 'new'));
  expect(warnings).toEqual([]);
  truncateSync(join(log.directory, log.file), 0);
  await open(log.directory);
  rmSync(join(log.directory, 'store'), { recursive: true });
  mkdirSync(join(log.directory, 'store'));
  await open(log.directory);
  expect(warnings).toEqual([expect.stringContaining('was opened before and holds nothing; it starts empty'), expect.stringContaining('was opened before and holds nothing')]);
});
