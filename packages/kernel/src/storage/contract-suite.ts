import fc from 'fast-check';
import {
  CompactedError,
  FutureRevisionError,
  InvalidRequestError,
  LeaseNotFoundError,
  prefixEnd,
  StoreClosedError,
  type Entry,
  type Store,
  type StoreError,
  type StoreEvent,
  type Txn,
  type TxnResult,
  type WatchBatch,
  type WatchRequest,
} from './contract.ts';

/** One opened store of the driver under test. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens the same data again; absent where nothing outlives a close. */
  readonly reopen?: () => Promise<Store>;
  /** Lets time pass for leases; absent: the suite waits for real. */
  readonly advance?: (ms: number) => void;
  readonly close: () => Promise<void>;
}

const everything = { start: '\0', end: '\u{10ffff}' };

/** Collects what a watch delivers. */
class Recorder {
  readonly batches: WatchBatch[] = [];
  progressed = 0;
  ended: StoreError | undefined;
  #wake: () => void = () => undefined;

  batch(batch: WatchBatch): void {
    this.batches.push(batch);
    this.#wake();
  }

  progress(revision: number): void {
    this.progressed = revision;
    this.#wake();
  }

  end(error: StoreError): void {
    this.ended = error;
    this.#wake();
  }

  get last(): number {
    return Math.max(this.progressed, this.batches[this.batches.length - 1]?.revision ?? 0);
  }

  /** Waits until the watch has passed the revision or ended. */
  async until(revision: number): Promise<this> {
    return this.when(() => this.last >= revision);
  }

  async when(condition: () => boolean): Promise<this> {
    const failure = new Error(`watch stopped at revision ${this.last} after ${this.batches.length} batches`);
    for (const give = setTimeout(() => this.#fail(failure), 15_000); ; ) {
      if (condition() || this.ended !== undefined) {
        clearTimeout(give);
        return this;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        this.#fail = reject;
      });
    }
  }

  #fail: (error: Error) => void = () => undefined;
}

/** Every driver passes this; `open` gives a store on data that nobody else uses, with whatever revision it has. */
export function storageContract(name: string, open: () => Promise<OpenedStore>, { runs = 25 }: { readonly runs?: number } = {}): void {
  describe(`${name}: the storage contract`, () => {
    let opened: OpenedStore;
    let store: Store;
    let prefix: string;
    let fresh = 0;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    // Each test works under a prefix of its own, so that one store (a real etcd) serves them all.
    beforeEach(() => {
      prefix = `/t${++fresh}/`;
    });

    const value = (text: string): Buffer => Buffer.from(text);
    const key = (text: string): string => prefix + text;
    const range = (): { start: string; end: string } => ({ start: prefix, end: prefixEnd(prefix) });
    const put = async (k: string, text: string): Promise<number> => accepted(await store.txn({ compare: [], ops: [{ type: 'put', key: key(k), value: value(text) }] }));
    const remove = async (k: string): Promise<number> => accepted(await store.txn({ compare: [], ops: [{ type: 'delete', key: key(k) }] }));
    const watch = (request: Partial<WatchRequest> = {}): Recorder => {
      const recorder = new Recorder();
      store.watch({ ...range(), ...request }, recorder);
      return recorder;
    };

    describe('transactions', () => {
      it('counts revisions, creations and versions as etcd does', async () => {
        const before = store.revision;
        expect(before).toBeGreaterThanOrEqual(1);
        const first = await put('a', '1');
        expect(first).toBeGreaterThan(before);
        const second = await put('a', '2');
        expect(second).toBe(first + 1);
        expect(shape(await store.get(key('a')))).toEqual({ key: key('a'), value: '2', createRevision: first, modRevision: second, version: 2 });
        const third = await remove('a');
        expect(await store.get(key('a'))).toBeUndefined();
        const fourth = await put('a', '3');
        expect(fourth).toBe(third + 1);
        expect(shape(await store.get(key('a')))).toEqual({ key: key('a'), value: '3', createRevision: fourth, modRevision: fourth, version: 1 });
        expect(store.revision).toBeGreaterThanOrEqual(fourth);
      });

      it('writes all operations of a transaction at one revision and answers with what was written or removed', async () => {
        const one = await put('gone', 'x');
        const result = await store.txn({
          compare: [],
          ops: [
            { type: 'put', key: key('p'), value: value('1') },
            { type: 'delete', key: key('gone') },
            { type: 'delete', key: key('never') },
            { type: 'put', key: key('q'), value: value('2') },
          ],
        });
        expect(result.ok).toBe(true);
        if (!result.ok) return;
        expect(result.revision).toBe(one + 1);
        expect(result.entries.map(shape)).toEqual([
          { key: key('p'), value: '1', createRevision: one + 1, modRevision: one + 1, version: 1 },
          { key: key('gone'), value: 'x', createRevision: one, modRevision: one, version: 1 },
          undefined,
          { key: key('q'), value: '2', createRevision: one + 1, modRevision: one + 1, version: 1 },
        ]);
      });

      it('writes nothing when a comparison fails, and says what is there', async () => {
        const at = await put('a', '1');
        const result = await store.txn({
          compare: [
            { key: key('a'), modRevision: at },
            { key: key('b'), modRevision: at },
          ],
          ops: [{ type: 'put', key: key('a'), value: value('2') }],
        });
        expect(result.ok).toBe(false);
        if (result.ok) return;
        expect(result.revision).toBeGreaterThanOrEqual(at);
        expect(result.current.map(shape)).toEqual([{ key: key('a'), value: '1', createRevision: at, modRevision: at, version: 1 }, undefined]);
        expect((await store.get(key('a')))?.value.toString()).toBe('1');
      });

      it('lets exactly one of many concurrent creations win', async () => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.txn({ compare: [{ key: key('one'), modRevision: 0 }], ops: [{ type: 'put', key: key('one'), value: value(String(i)) }] })),
        );
        const winners = results.filter((result) => result.ok);
        expect(winners).toHaveLength(1);
        const losers = results.flatMap((result) => (result.ok ? [] : [result.current[0]?.modRevision]));
        expect(new Set(losers)).toEqual(new Set([winners[0]!.revision]));
      });

      it('keeps the revision when a transaction deletes only what is not there', async () => {
        const at = await put('a', '1');
        expect(await remove('nothing')).toBe(at);
        expect(await put('a', '2')).toBe(at + 1);
      });

      it.each<[string, (k: (text: string) => string) => Txn]>([
        ['no operation', () => ({ compare: [], ops: [] })],
        ['a key twice', (k) => ({ compare: [], ops: [{ type: 'put', key: k('a'), value: value('1') }, { type: 'delete', key: k('a') }] })],
        ['an empty key', () => ({ compare: [], ops: [{ type: 'delete', key: '' }] })],
        ['half a surrogate pair', (k) => ({ compare: [], ops: [{ type: 'delete', key: k('\ud800') }] })],
      ])('refuses %s', async (_what, make) => {
        await expect(store.txn(make(key))).rejects.toThrow(InvalidRequestError);
      });

      it('keeps empty, large and binary values as they are', async () => {
        const values = [Buffer.alloc(0), Buffer.from([0, 255, 10, 13, 0]), Buffer.alloc(1_000_000, 7)];
        for (const [i, bytes] of values.entries()) {
          await store.txn({ compare: [], ops: [{ type: 'put', key: key(`v${i}`), value: Buffer.from(bytes) }] });
          expect((await store.get(key(`v${i}`)))?.value.equals(bytes)).toBe(true);
        }
      });
    });

    describe('ranges', () => {
      const fill = async (names: readonly string[]): Promise<number> => {
        let at = 0;
        for (const n of names) at = await put(n, n);
        return at;
      };
      const keys = (entries: readonly Entry[]): string[] => entries.map((entry) => entry.key.slice(prefix.length));

      it('answers in byte order, from start to before end, forwards and backwards', async () => {
        const names = ['a', 'b', 'b/1', 'ba', 'z', '\u007f', 'é', '\uffee', '\u{1f600}'];
        await fill([...names].reverse());
        const byBytes = [...names].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
        const all = await store.range(range());
        expect(keys(all.entries)).toEqual(byBytes);
        expect(all).toMatchObject({ more: false, count: names.length });
        expect(keys((await store.range({ ...range(), reverse: true })).entries)).toEqual([...byBytes].reverse());
        expect(keys((await store.range({ start: key('b'), end: key('z') })).entries)).toEqual(['b', 'b/1', 'ba']);
        expect((await store.range({ start: key('z'), end: key('a') })).entries).toEqual([]);
      });

      it('cuts at the limit and still counts everything', async () => {
        await fill(['a', 'b', 'c', 'd']);
        const cut = await store.range({ ...range(), limit: 3 });
        expect(keys(cut.entries)).toEqual(['a', 'b', 'c']);
        expect(cut).toMatchObject({ more: true, count: 4 });
        expect(await store.range({ ...range(), limit: 4 })).toMatchObject({ more: false, count: 4 });
        const last = await store.range({ ...range(), limit: 1, reverse: true });
        expect(keys(last.entries)).toEqual(['d']);
        expect(last.more).toBe(true);
      });

      it('pages at a fixed revision while others write', async () => {
        const names = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`);
        await fill(names);
        const seen: Entry[] = [];
        let start = prefix;
        let revision = 0;
        for (;;) {
          const page = await store.range({ start, end: prefixEnd(prefix), limit: 7, revision });
          expect(page.count).toBe(names.length - seen.length);
          seen.push(...page.entries);
          revision = page.revision;
          if (!page.more) break;
          start = `${page.entries[page.entries.length - 1]!.key}\0`;
          await Promise.all([put(names[(seen.length * 3) % 40]!, 'changed'), put(`new${seen.length}`, 'x'), remove(names[(seen.length + 5) % 40]!)]);
        }
        expect(keys(seen)).toEqual(names);
        expect(seen.map((entry) => entry.value.toString())).toEqual(names);
      });

      it('reads every old revision as it was', async () => {
        const states = new Map<number, string[]>();
        const now = new Map<string, string>();
        for (let i = 0; i < 30; i++) {
          const k = `k${(i * 7) % 10}`;
          const at = i % 4 === 3 && now.has(k) ? await remove(k) : await put(k, String(i));
          if (i % 4 === 3 && now.has(k)) now.delete(k);
          else now.set(k, String(i));
          states.set(at, [...now].sort().map(([a, b]) => `${a}=${b}`));
        }
        for (const [revision, state] of states) {
          const { entries, revision: read } = await store.range({ ...range(), revision });
          expect(read).toBe(revision);
          expect(entries.map((entry) => `${entry.key.slice(prefix.length)}=${entry.value.toString()}`)).toEqual(state);
        }
      });

      it('refuses a revision in the future', async () => {
        const at = await put('a', '1');
        await expect(store.range({ ...range(), revision: at + 1000 })).rejects.toThrow(FutureRevisionError);
      });
    });

    describe('watches', () => {
      it('delivers what follows the call, with the previous entries', async () => {
        const one = await put('a', '1');
        const recorder = watch();
        const two = await put('a', '2');
        await store.txn({ compare: [], ops: [{ type: 'put', key: `/elsewhere${prefix}`, value: value('x') }] });
        const four = await remove('a');
        await recorder.until(four);
        expect(recorder.batches.map(flat)).toEqual([
          { revision: two, events: [{ put: 'a=2', previous: one }] },
          { revision: four, events: [{ delete: 'a', previous: two }] },
        ].map((batch) => relative(batch, prefix)));
      });

      it('hears of progress outside its range', async () => {
        const recorder = watch();
        await store.txn({ compare: [], ops: [{ type: 'put', key: `/elsewhere${prefix}`, value: value('x') }] });
        const last = await put('a', '1');
        await recorder.until(last);
        expect(recorder.batches).toHaveLength(1);
      });

      it('keeps the events of a transaction together', async () => {
        const recorder = watch();
        const ops = Array.from({ length: 50 }, (_, i) => ({ type: 'put' as const, key: key(String(i)), value: value('x') }));
        const at = accepted(await store.txn({ compare: [], ops: [...ops, { type: 'put', key: `/elsewhere${prefix}`, value: value('x') }] }));
        await recorder.until(at);
        expect(recorder.batches.map((batch) => [batch.revision, batch.events.length])).toEqual([[at, 50]]);
      });

      it('is silent after cancel', async () => {
        const recorder = new Recorder();
        const cancelled = store.watch(range(), recorder);
        const other = watch();
        await other.until(await put('a', '1'));
        await recorder.until(other.last);
        cancelled.cancel();
        cancelled.cancel();
        const before = recorder.batches.length;
        await other.until(await put('a', '2'));
        expect(recorder.batches).toHaveLength(before);
        expect(recorder.ended).toBeUndefined();
      });

      it('delivers to a watch that starts in the past, from any revision, all there was and all that comes', async () => {
        const first = await put('k0', '0');
        for (let i = 1; i < 12; i++) await put(`k${i % 3}`, String(i));
        const recorders = Array.from({ length: 12 }, (_, i) => watch({ fromRevision: first + i }));
        for (let i = 12; i < 16; i++) await put('k', String(i));
        for (const [i, recorder] of recorders.entries()) {
          await recorder.until(first + 15);
          expect(recorder.batches.map((batch) => batch.revision)).toEqual(Array.from({ length: 16 - i }, (_, j) => first + i + j));
        }
      });

      it('survives a sink that writes', async () => {
        const order: number[] = [];
        let depth = 0;
        const recorder = new Recorder();
        store.watch(range(), {
          batch: (batch) => {
            expect(++depth).toBe(1);
            order.push(batch.revision);
            if (order.length < 5) void put(`n${order.length}`, 'x');
            recorder.batch(batch);
            depth--;
          },
          end: (error) => recorder.end(error),
        });
        await put('n0', 'x');
        await recorder.when(() => order.length === 5);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(new Set(order).size).toBe(5);
      });
    });

    describe('random histories', () => {
      it('match a simple model, and every watch from every revision saw exactly that history', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(randomTxn, { minLength: 1, maxLength: 40 }), fc.nat(), async (txns, seed) => {
            prefix = `/t${++fresh}/`;
            const model = new Map<string, { text: string; create: number; mod: number; version: number }>();
            const history: { revision: number; events: string[] }[] = [];
            const begin = store.revision;
            const recorders = [{ from: begin + 1, recorder: watch({ fromRevision: begin + 1 }) }];
            for (const [step, { compares, ops }] of txns.entries()) {
              const holds = compares.every(({ right }) => right);
              const result = await store.txn({
                compare: compares.map(({ k, right }) => ({ key: key(k), modRevision: (model.get(k)?.mod ?? 0) + (right ? 0 : 1) })),
                ops: ops.map(({ k, put: isPut }) => (isPut ? { type: 'put', key: key(k), value: value(`${step}${k}`) } : { type: 'delete', key: key(k) })),
              });
              expect(result.ok).toBe(holds);
              if (!holds) continue;
              const events: string[] = [];
              for (const { k, put: isPut } of ops) {
                const old = model.get(k);
                if (isPut) {
                  model.set(k, { text: `${step}${k}`, create: old?.create ?? result.revision, mod: result.revision, version: (old?.version ?? 0) + 1 });
                  events.push(`${k}=${step}${k}<${old?.mod ?? 0}`);
                } else if (model.delete(k)) {
                  events.push(`${k}!<${old!.mod}`);
                }
              }
              if (events.length > 0) history.push({ revision: result.revision, events: events.sort() });
              if ((seed + step) % 7 === 0) {
                const from = begin + 1 + ((seed * 31) % (store.revision - begin + 1));
                recorders.push({ from, recorder: watch({ fromRevision: from }) });
              }
            }
            const { entries } = await store.range(range());
            expect(entries.map((entry) => `${entry.key.slice(prefix.length)}=${entry.value.toString()}@${entry.createRevision},${entry.modRevision},${entry.version}`)).toEqual(
              [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, { text, create, mod, version }]) => `${k}=${text}@${create},${mod},${version}`),
            );
            const last = await put('last', 'x');
            for (const { from, recorder } of recorders) {
              await recorder.until(last);
              const seen = recorder.batches.filter((batch) => batch.revision < last).map((batch) => ({ revision: batch.revision, events: batch.events.map((event) => line(event, prefix)).sort() }));
              expect(seen).toEqual(history.filter(({ revision }) => revision >= from));
            }
          }),
          { numRuns: runs },
        );
      });

      it('are serialized: concurrent increments lose nothing, and a watch sees each step once', async () => {
        await put('counter', '0');
        const recorder = watch();
        const worker = async (): Promise<void> => {
          for (let done = 0; done < 10; ) {
            const entry = (await store.get(key('counter')))!;
            const next = value(String(Number(entry.value.toString()) + 1));
            const { ok } = await store.txn({ compare: [{ key: key('counter'), modRevision: entry.modRevision }], ops: [{ type: 'put', key: key('counter'), value: next }] });
            if (ok) done++;
          }
        };
        await Promise.all(Array.from({ length: 5 }, worker));
        const final = (await store.get(key('counter')))!;
        expect(final.value.toString()).toBe('50');
        await recorder.until(final.modRevision);
        expect(recorder.batches.map(({ events }) => (events[0]?.type === 'put' ? events[0].entry.value.toString() : ''))).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)));
      });
    });

    describe('leases', () => {
      const pass = async (ms: number): Promise<void> => {
        if (opened.advance !== undefined) opened.advance(ms);
        else await new Promise((resolve) => setTimeout(resolve, ms));
      };

      it('delete their keys in one transaction when revoked', async () => {
        const lease = await store.grantLease(60);
        for (const k of ['a', 'b']) await store.txn({ compare: [], ops: [{ type: 'put', key: key(k), value: value('x'), lease: lease.id }] });
        expect((await store.get(key('a')))?.lease).toBe(lease.id);
        const kept = await put('b', 'detached');
        await put('c', 'never attached');
        const recorder = watch();
        await store.txn({ compare: [], ops: [{ type: 'put', key: key('d'), value: value('x'), lease: lease.id }] });
        await store.revokeLease(lease.id);
        await recorder.when(() => recorder.batches.length === 2);
        expect(recorder.batches[1]!.events.map((event) => line(event, prefix).split('<')[0]).sort()).toEqual(['a!', 'd!']);
        expect((await store.get(key('b')))?.modRevision).toBe(kept);
        expect((await store.get(key('b')))?.lease).toBeUndefined();
        expect((await store.range(range())).count).toBe(2);
        await expect(store.keepLeaseAlive(lease.id)).rejects.toThrow(LeaseNotFoundError);
        await expect(store.revokeLease(lease.id)).rejects.toThrow(LeaseNotFoundError);
        await expect(store.txn({ compare: [], ops: [{ type: 'put', key: key('e'), value: value('x'), lease: lease.id }] })).rejects.toThrow(LeaseNotFoundError);
        expect(await store.get(key('e'))).toBeUndefined();
      });

      it('end by themselves unless kept alive', async () => {
        const [short, kept] = await Promise.all([store.grantLease(2), store.grantLease(2)]);
        await store.txn({
          compare: [],
          ops: [
            { type: 'put', key: key('short'), value: value('x'), lease: short.id },
            { type: 'put', key: key('kept'), value: value('x'), lease: kept.id },
          ],
        });
        const recorder = watch();
        for (let i = 0; i < 4; i++) {
          await pass(1000);
          expect((await store.keepLeaseAlive(kept.id)).ttlSeconds).toBeGreaterThanOrEqual(2);
        }
        await recorder.when(() => recorder.batches.length > 0);
        expect(recorder.batches[0]!.events.map((event) => line(event, prefix).split('<')[0])).toEqual(['short!']);
        expect(await store.get(key('short'))).toBeUndefined();
        expect((await store.get(key('kept')))?.lease).toBe(kept.id);
        await store.revokeLease(kept.id);
      }, 20_000);
    });

    // Last: it takes the past away from the tests above.
    describe('compaction', () => {
      it('forgets what is older, keeps the rest, and says so', async () => {
        const revisions: number[] = [];
        for (let i = 0; i < 6; i++) revisions.push(await put('a', String(i)));
        const at = revisions[3]!;
        const live = watch();
        await store.compact(at);
        expect(store.compactedRevision).toBe(at);
        await expect(store.range({ ...range(), revision: at - 1 })).rejects.toThrow(CompactedError);
        expect((await store.range({ ...range(), revision: at })).entries[0]!.value.toString()).toBe('3');
        await expect(store.compact(at - 1)).rejects.toThrow(CompactedError);
        await expect(store.compact(at + 10_000)).rejects.toThrow(FutureRevisionError);
        const late = watch({ fromRevision: at - 1 });
        await late.when(() => false);
        expect(late.ended).toBeInstanceOf(CompactedError);
        expect(late.batches).toEqual([]);
        const inTime = watch({ fromRevision: at });
        const last = await put('a', 'last');
        await inTime.until(last);
        expect(inTime.batches.map((batch) => batch.revision)).toEqual([...revisions.slice(3), last]);
        await live.until(last);
        expect(live.batches.map((batch) => batch.revision)).toEqual([last]);
      });

      it('still shows a delete at the compacted revision to a watch from there', async () => {
        await put('a', '1');
        const at = await remove('a');
        const last = await put('b', '1');
        await store.compact(at);
        const recorder = await watch({ fromRevision: at }).until(last);
        expect(recorder.batches.map((batch) => batch.revision)).toEqual([at, last]);
      });
    });

    describe('closing', () => {
      it('ends watches, refuses everything after, and keeps what was acknowledged', async () => {
        const at = await put('kept', 'yes');
        const lease = await store.grantLease(300);
        await store.txn({ compare: [], ops: [{ type: 'put', key: key('leased'), value: value('x'), lease: lease.id }] });
        await expect(store.health()).resolves.toBeUndefined();
        const before = store.revision;
        const recorder = watch();
        const closedStore = store;
        if (opened.reopen === undefined) await store.close();
        else store = await opened.reopen();
        await recorder.when(() => false);
        expect(recorder.ended).toBeInstanceOf(StoreClosedError);
        await expect(closedStore.get(key('kept'))).rejects.toThrow(StoreClosedError);
        await expect(closedStore.range(range())).rejects.toThrow(StoreClosedError);
        await expect(closedStore.txn({ compare: [], ops: [{ type: 'delete', key: key('kept') }] })).rejects.toThrow(StoreClosedError);
        await expect(closedStore.health()).rejects.toThrow(StoreClosedError);
        await closedStore.close();
        if (opened.reopen === undefined) return;
        expect(store.revision).toBeGreaterThanOrEqual(before);
        expect(shape(await store.get(key('kept')))).toEqual({ key: key('kept'), value: 'yes', createRevision: at, modRevision: at, version: 1 });
        expect((await store.keepLeaseAlive(lease.id)).id).toBe(lease.id);
        await store.revokeLease(lease.id);
        expect(await store.get(key('leased'))).toBeUndefined();
      });

      it('reads the range of everything after a reopening', async () => {
        if (opened.reopen === undefined) return;
        expect((await store.range(everything)).count).toBeGreaterThan(0);
      });
    });
  });
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const randomTxn = fc.record({
  compares: fc.array(fc.record({ k: name, right: fc.boolean().map((yes) => yes) }), { maxLength: 2 }).map((list) => list.map(({ k, right }, i) => ({ k, right: right || i === 0 }))),
  ops: fc.uniqueArray(fc.record({ k: name, put: fc.boolean() }), { minLength: 1, maxLength: 4, selector: ({ k }) => k }),
});

function accepted(result: TxnResult): number {
  if (!result.ok) throw new Error('the transaction was refused');
  return result.revision;
}

function shape(entry: Entry | undefined): unknown {
  if (entry === undefined) return undefined;
  const { key, value, createRevision, modRevision, version } = entry;
  return { key, value: value.toString(), createRevision, modRevision, version };
}

function line(event: StoreEvent, prefix: string): string {
  return event.type === 'put'
    ? `${event.entry.key.slice(prefix.length)}=${event.entry.value.toString()}<${event.previous?.modRevision ?? 0}`
    : `${event.key.slice(prefix.length)}!<${event.previous?.modRevision ?? 0}`;
}

interface FlatBatch {
  readonly revision: number;
  readonly events: readonly { readonly put?: string; readonly delete?: string; readonly previous?: number | undefined }[];
}

function flat(batch: WatchBatch): FlatBatch {
  return {
    revision: batch.revision,
    events: batch.events.map((event) =>
      event.type === 'put'
        ? { put: `${event.entry.key}=${event.entry.value.toString()}`, previous: event.previous?.modRevision }
        : { delete: event.key, previous: event.previous?.modRevision },
    ),
  };
}

function relative(batch: FlatBatch, prefix: string): FlatBatch {
  return {
    revision: batch.revision,
    events: batch.events.map((event) => (event.put === undefined ? { ...event, delete: prefix + event.delete! } : { ...event, put: prefix + event.put })),
  };
}
