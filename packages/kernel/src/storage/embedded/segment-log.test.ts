import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ManualClock } from '../manual-clock.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChange } from './change-codec.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { recordHeaderSize } from './frame.ts';
import { recover } from './recovery.ts';
import { SegmentLog, segmentNumber } from './segment-log.ts';

const root = mkdtempSync(join(tmpdir(), 'keelson-segments-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A disk whose spare files get ready only when a gate is opened, so that preparation overlaps with everything. */
function gatedDisk(): { readonly disk: Disk; readonly open: () => void } {
  const waiting: (() => void)[] = [];
  return {
    open: () => waiting.splice(0).forEach((go) => go()),
    disk: {
      ...nodeDisk,
      open: async (path, how) => {
        const file = await nodeDisk.open(path, how);
        if (!path.endsWith('spare')) return file;
        // Sparse is enough here: only sizes and names matter.
        return {
          write: async (bytes, at) => (at === 0 || at + bytes.length === 16 << 20 || at + bytes.length === 64 << 20 ? file.write(bytes, at) : undefined),
          read: (into, at) => file.read(into, at),
          size: () => file.size(),
          truncate: (size) => file.truncate(size),
          sync: async () => undefined,
          close: async () => {
            await new Promise<void>((resolve) => waiting.push(resolve));
            await file.close();
          },
        };
      },
    },
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), size: fc.constantFrom(100, 900_000, 3_000_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open gate' as const), size: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('supersede' as const), size: fc.constant(0) }) },
);

describe('SegmentLog', () => {
  it('can be replayed whatever the order of appends, snapshots and prepared segments', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
        const folder = join(root, String(run++));
        const { disk, open } = gatedDisk();
        disk.list(folder);
        const log = new SegmentLog(disk, folder, { sequence: 1, nextNumber: 1, older: [] });
        let revision = 1;
        for (const { do: what, size } of steps) {
          if (what === 'append') {
            const record = new ByteWriter();
            record.zeros(recordHeaderSize);
            revision += 1;
            const entry = { key: 'k', value: Buffer.alloc(size), createRevision: revision, modRevision: revision, version: 1 };
            encodeChange(record, { type: 'write', batch: { revision, events: [{ type: 'put', entry, previous: undefined }] } });
            await log.append(record);
          } else if (what === 'open gate') {
            open();
            await new Promise((resolve) => setImmediate(resolve));
          } else {
            // Seals the segment as a snapshot does, but lets go of nothing, as there is no snapshot to start from.
            log.supersede(0);
          }
        }
        const closing = log.close();
        for (let i = 0; i < 20; i++) {
          open();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await closing;
        const clock = new ManualClock();
        const { start } = await recover({ disk: nodeDisk, folder, clock, history: {}, warn: (message) => expect(message).toBe('no warning') });
        expect(start.revision).toBe(revision);
        expect(readdirSync(folder).filter((name) => segmentNumber(name) === undefined)).toEqual([]);
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
