import fc from 'fast-check';
import { silentLogger } from '@keelson/sdk';
import { openMemoryStore, type Store, type StoreError } from '../storage/index.ts';
import { ManualClock } from '../storage/manual-clock.ts';
import { CauseTable, FrameStreams, inNamespace, ParsedObjects, ResourceCache, WindowExceededError, type ObjectSelector, type ViewEvent } from './index.ts';

const prefix = '/registry/things/';

/** Fixed-width field, as the kernel's codec leaves room for one. */
function stamp(bytes: Buffer, revision: number): void {
  const at = bytes.indexOf('"rv":"') + 6;
  bytes.write(String(revision).padStart(8, '0'), at, 8, 'latin1');
}

const value = (labels: Record<string, string> = {}): Buffer => Buffer.from(JSON.stringify({ rv: '00000000', metadata: { labels } }));

async function setUp(limits: { maxEvents?: number; maxBytes?: number } = {}): Promise<{ store: Store; cache: ResourceCache; put: (key: string, labels?: Record<string, string>) => Promise<number>; remove: (key: string) => Promise<number> }> {
  const store = openMemoryStore({ clock: new ManualClock(), stamp });
  const cache = new ResourceCache({ store, prefix, stamp, causes: new CauseTable(), parsed: new ParsedObjects(8), log: silentLogger, backoff: () => Promise.resolve(), ...limits });
  await cache.ready();
  const commit = async (op: Parameters<Store['txn']>[0]['ops'][number]): Promise<number> => {
    const current = await store.get(op.key);
    const result = await store.txn({ compare: [{ key: op.key, modRevision: current?.modRevision ?? 0 }], ops: [op] });
    await cache.reached(result.revision);
    return result.revision;
  };
  return {
    store, cache,
    put: (key, labels) => commit({ type: 'put', key: prefix + key, value: value(labels) }),
    remove: (key) => commit({ type: 'delete', key: prefix + key }),
  };
}

const labelled = (label: string): ObjectSelector => ({ key: `?${label}`, namespace: undefined, index: undefined, matches: (object) => object.metadata.labels?.[label] !== undefined });

function recorder(): { events: string[]; subscriber: { event(event: ViewEvent): void; end(error?: Error): void } } {
  const events: string[] = [];
  return {
    events,
    subscriber: {
      event: (event) => events.push(`${event.type} ${event.object.key}@${event.revision}`),
      end: (error) => events.push(`end ${error?.message ?? ''}`),
    },
  };
}

describe('ResourceCache', () => {
  it('shares the stored bytes, with the revision written into them', async () => {
    const { store, cache, put } = await setUp();
    const revision = await put('ns/a');
    const cached = cache.get('ns/a')!;
    expect(cached.bytes).toBe((await store.get(`${prefix}ns/a`))!.value);
    expect((cached.object as unknown as { rv: string }).rv).toBe(String(revision).padStart(8, '0'));
    expect(Object.isFrozen(cached.object.metadata)).toBe(true);
  });

  it('hands all readers the same frame', async () => {
    const { cache, put } = await setUp();
    const frames: Buffer[] = [];
    for (const selector of [inNamespace(undefined), inNamespace('ns')]) cache.subscribe(selector, undefined, { event: (event) => frames.push(event.frame()), end: () => undefined });
    await put('ns/a');
    expect(frames).toHaveLength(2);
    expect(frames[0]).toBe(frames[1]);
    expect(JSON.parse(frames[0]!.toString())).toMatchObject({ type: 'ADDED', object: { metadata: {} } });
  });

  it('reports entering a selection as ADDED and leaving it as DELETED', async () => {
    const { cache, put, remove } = await setUp();
    const { events, subscriber } = recorder();
    cache.subscribe(labelled('x'), undefined, subscriber);
    await put('ns/a');
    await put('ns/a', { x: '1' });
    await put('ns/a', { x: '2' });
    await put('ns/a', {});
    await put('ns/b', { x: '1' });
    await remove('ns/b');
    expect(events.map((event) => event.split('@')[0])).toEqual(['ADDED ns/a', 'MODIFIED ns/a', 'DELETED ns/a', 'ADDED ns/b', 'DELETED ns/b']);
  });

  it('asks only the views that an event can concern', async () => {
    const { cache, put } = await setUp();
    let asked = 0;
    const onNode = (node: string): ObjectSelector => ({
      key: `node=${node}`, namespace: undefined,
      matches: (object) => {
        asked += 1;
        return object.metadata.labels?.['node'] === node;
      },
      index: { field: 'node', value: node, read: (object) => object.metadata.labels?.['node'] ?? '' },
    });
    const { events, subscriber } = recorder();
    cache.subscribe(onNode('n7'), undefined, subscriber);
    for (let i = 0; i < 100; i++) if (i !== 7) cache.subscribe(onNode(`n${i}`), undefined, { event: () => undefined, end: () => undefined });
    await put('ns/a', { node: 'n7' });
    await put('ns/a', { node: 'n8' });
    expect(events.map((event) => event.split('@')[0])).toEqual(['ADDED ns/a', 'DELETED ns/a']);
    expect(asked).toBeLessThan(10);
  });

  it('resumes without gap or duplicate from any revision in the window, and refuses older ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('ns/a', 'ns/b', 'other/c'), fc.boolean()), { minLength: 1, maxLength: 40 }), fc.nat(), async (steps, pick) => {
        const { cache, put, remove } = await setUp({ maxEvents: 10 });
        const { events, subscriber } = recorder();
        cache.subscribe(inNamespace(undefined), undefined, subscriber);
        const revisions = [cache.revision];
        for (const [key, deleting] of steps) {
          if (deleting && cache.get(key) !== undefined) revisions.push(await remove(key));
          else if (!deleting) revisions.push(await put(key));
        }
        const from = revisions[pick % revisions.length]!;
        const expected = events.filter((event) => Number(event.split('@')[1]) > from);
        const late = recorder();
        if (from < cache.oldestRevision) {
          expect(() => cache.subscribe(inNamespace(undefined), from, late.subscriber)).toThrow(WindowExceededError);
          expect(expected.length).toBeGreaterThan(10);
        } else {
          cache.subscribe(inNamespace(undefined), from, late.subscriber);
          expect(late.events).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the window within its bytes', async () => {
    const { cache, put } = await setUp({ maxBytes: 500 });
    for (let i = 0; i < 50; i++) await put(`ns/k${i}`);
    expect(cache.revision - cache.oldestRevision).toBeLessThan(15);
    expect(cache.list()).toHaveLength(50);
  });

  it('says that it does not follow the store while its watch is gone, and until it is back', async () => {
    const real = openMemoryStore({ clock: new ManualClock(), stamp });
    const ends: ((error: Error) => void)[] = [];
    let refuse = 0;
    const store = new Proxy(real, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (name !== 'watch') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        return (request: Parameters<Store['watch']>[0], handler: Parameters<Store['watch']>[1]) => {
          if (refuse-- > 0) throw new Error('no connection');
          ends.push((error) => handler.end(error as StoreError));
          return target.watch(request, handler);
        };
      },
    });
    const turns: (() => void)[] = [];
    const cache = new ResourceCache({ store, prefix, stamp, causes: new CauseTable(), parsed: new ParsedObjects(8), log: silentLogger, backoff: () => new Promise((resolve) => turns.push(resolve)) });
    expect(cache.following).toBe(true);
    await cache.ready();
    expect(cache.following).toBe(true);
    ends[0]!(new Error('connection reset'));
    expect(cache.following).toBe(false);
    const turn = async (): Promise<void> => {
      turns.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    };
    refuse = 1;
    await turn();
    expect(cache.following).toBe(false);
    await turn();
    expect(cache.following).toBe(true);
    cache.close();
  });

  it('ends its watchers when the store closes', async () => {
    const { cache, put, store } = await setUp();
    const { events, subscriber } = recorder();
    cache.subscribe(inNamespace(undefined), undefined, subscriber);
    await put('ns/a');
    await store.close();
    expect(events.at(-1)).toMatch(/^end/);
  });
});

describe('FrameStreams', () => {
  const format = { key: 'json', encode: (event: ViewEvent) => event.frame() };
  function writer(backlog = 0) {
    const chunks: Buffer[] = [];
    let ended = false;
    return {
      chunks,
      get ended() {
        return ended;
      },
      write: (chunk: Buffer) => void chunks.push(chunk),
      backlog,
      end: () => {
        ended = true;
      },
    };
  }

  it('joins the frames of a turn into one write that all watchers share', async () => {
    const { cache, put } = await setUp();
    const flushes: (() => void)[] = [];
    const streams = new FrameStreams(cache, (flush) => flushes.push(flush), 1000);
    const [one, two] = [writer(), writer()];
    for (const each of [one, two]) streams.stream(inNamespace(undefined), format).join(each, cache.revision);
    await put('ns/a');
    await put('ns/b');
    expect(flushes).toHaveLength(1);
    flushes[0]!();
    expect(one.chunks).toHaveLength(1);
    expect(two.chunks[0]).toBe(one.chunks[0]);
    expect(one.chunks[0]!.toString().trim().split('\n')).toHaveLength(2);
  });

  it('gives a late watcher exactly what it missed', async () => {
    const { cache, put } = await setUp();
    const flushes: (() => void)[] = [];
    const streams = new FrameStreams(cache, (flush) => flushes.push(flush), 1000);
    const [early, late] = [writer(), writer()];
    const start = cache.revision;
    streams.stream(inNamespace(undefined), format).join(early, start);
    await put('ns/a');
    streams.stream(inNamespace(undefined), format).join(late, start);
    await put('ns/b');
    for (const flush of flushes) flush();
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString();
    expect(text(late.chunks)).toBe(text(early.chunks));
  });

  it('closes a watcher that does not keep up and leaves the others alone', async () => {
    const { cache, put } = await setUp();
    const streams = new FrameStreams(cache, (flush) => { flush(); }, 1000);
    const [slow, quick] = [writer(2000), writer()];
    for (const each of [slow, quick]) streams.stream(inNamespace(undefined), format).join(each, cache.revision);
    await put('ns/a');
    await put('ns/b');
    expect(slow.ended).toBe(true);
    expect(slow.chunks).toHaveLength(0);
    expect(quick.chunks).toHaveLength(2);
  });
});
