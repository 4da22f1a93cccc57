import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Attr } from '../names.ts';
import { TraceRing } from '../ring.ts';
import { span, standingClock } from '../testdata/fakes.ts';
import { TraceArchive, type TraceArchiveOptions } from './trace-archive.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'keelson-traces-'))));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** One run of a cluster: its ring, and its archive in the folder of the test. */
function run(over: Partial<TraceArchiveOptions> & { readonly spans?: number } = {}) {
  const ring = new TraceRing(over.spans === undefined ? {} : { spans: over.spans });
  const timers: (() => void)[] = [];
  const clock = { ...standingClock(), after: (_ms: number, call: () => void) => (timers.push(call), { cancel: () => void timers.splice(timers.indexOf(call), 1) }) };
  const errors: Error[] = [];
  const archive = new TraceArchive({ folder, ring, clock, onError: (error) => errors.push(error), ...over });
  return { ring, archive, errors, timers };
}

const about = (name: string) => ({ [Attr.objectName]: name, [Attr.resource]: 'deployments' });
const apply = (trace: string, name: string) => span(`${trace}-root`, { trace, name: 'PATCH deployments', attributes: about(name), kind: 1 });
const ids = (answer: { traces: readonly { spans: readonly { spanId: string }[] }[] }): string[] => answer.traces.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));

it('answers for earlier runs, with the tree as it was, beside the spans of this one', async () => {
  const first = run();
  first.ring.add(apply('t1', 'web'));
  first.ring.add(span('child', { trace: 't1', parent: 't1-root', start: 1 }));
  await first.archive.close();
  const second = run();
  second.ring.add(apply('t2', 'api'));
  await second.archive.close();
  const third = run();
  third.ring.add(span('late', { trace: 't1', parent: 't1-root', start: 2 }));
  expect(ids(await third.archive.query({ kind: 'deployments', name: 'web' }))).toEqual(['t1-root', 'child', 'late']);
  expect(ids(await third.archive.query({ kind: 'deployments', name: 'api' }))).toEqual(['t2-root']);
  expect(ids(await third.archive.query({ kind: 'deployments', name: 'nobody' }))).toEqual([]);
});

it('loses at most what was not flushed when the process is killed, and reads past a cut line', async () => {
  const killed = run();
  killed.ring.add(apply('t1', 'web'));
  expect(killed.timers).toHaveLength(1);
  killed.timers[0]!();
  await killed.archive.flush();
  killed.ring.add(apply('t2', 'lost'));
  // Never closed. The last line is cut, as a full disk leaves it.
  appendFileSync(join(folder, 'current.jsonl'), JSON.stringify(apply('t3', 'cut')));
  truncateSync(join(folder, 'current.jsonl'), statSync(join(folder, 'current.jsonl')).size - 5);
  const next = run();
  next.ring.add(apply('t4', 'after'));
  await next.archive.close();
  const last = run();
  expect(ids(await last.archive.query({ kind: 'deployments', limit: 100 })).sort()).toEqual(['t1-root', 't4-root']);
});

it('keeps within its bytes, newest spans first, for its owner alone', async () => {
  const { ring, archive } = run({ fileBytes: 50_000 });
  for (let i = 0; i < 3000; i++) {
    ring.add({ ...apply(`t${i}`, 'web'), start: i });
    if (i % 100 === 0) await archive.flush();
  }
  await archive.close();
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)));
  expect(sizes).toHaveLength(2);
  // A file may be larger than its bound by what was appended at once.
  for (const { size, mode } of sizes) expect([size < 150_000, mode & 0o777]).toEqual([true, 0o600]);
  const next = run();
  expect(ids(await next.archive.query({ kind: 'deployments', limit: 100 }))).toContain('t2999-root');
});

it('writes only so many spans at once in a burst, and all of the ring at a clean stop', async () => {
  const burst = run({ flushSpans: 10 });
  for (let i = 0; i < 1000; i++) burst.ring.add(apply(`t${i}`, `web-${i}`));
  await burst.archive.flush();
  expect(readFileSync(join(folder, 'current.jsonl'), 'utf8').trim().split('\n')).toHaveLength(10);
  await burst.archive.close();
  const next = run();
  expect(ids(await next.archive.query({ name: 'web-999' }))).toEqual(['t999-root']);
  expect(ids(await next.archive.query({ name: 'web-500' }))).toEqual(['t500-root']);
});

it('tells once that it cannot write, and goes on answering from the ring', async () => {
  const { ring, archive, errors } = run();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'no folder any more');
  for (const name of ['a', 'b']) {
    ring.add(apply(name, name));
    await archive.flush();
  }
  expect(errors).toHaveLength(1);
  expect(ids(await archive.query({ name: 'b' }))).toEqual(['b-root']);
  await archive.close();
});
