import { gunzipSync } from 'node:zlib';
import type { HttpExchange, ResponseHeaders, ResponseStream } from './http-exchange.ts';
import { piecesOf, streamBody } from './stream-body.ts';

/** Takes what is written only when told to. */
class SlowClient {
  readonly taken: Buffer[] = [];
  headers: ResponseHeaders = {};
  ended = false;
  mostWaiting = 0;
  #waiting: Buffer[] = [];
  #drain: (() => void)[] = [];
  #close: (() => void)[] = [];

  readonly exchange = {
    open: (_code: number, headers: ResponseHeaders): ResponseStream => {
      this.headers = headers;
      const backlog = (): number => this.#waiting.reduce((sum, { length }) => sum + length, 0);
      return {
        write: (chunk) => {
          this.#waiting.push(chunk);
          this.mostWaiting = Math.max(this.mostWaiting, backlog());
        },
        get backlog() {
          return backlog();
        },
        end: () => {
          this.ended = true;
        },
        onDrain: (listener) => this.#drain.push(listener),
        onClose: (listener) => this.#close.push(listener),
      };
    },
  } as unknown as HttpExchange;

  /** True while there was something to take. */
  take(): boolean {
    if (this.#waiting.length === 0) return false;
    this.taken.push(...this.#waiting.splice(0));
    for (const listener of this.#drain.splice(0)) listener();
    return true;
  }

  leave(): void {
    for (const listener of this.#close.splice(0)) listener();
    for (const listener of this.#drain.splice(0)) listener();
  }
}

const parts = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(1024, i & 0xff));
const body = { parts, size: 3000 * 1024, compressed: false };

describe('streamBody', () => {
  it('sends everything in order, with its length, and never far ahead of the network', () => {
    const client = new SlowClient();
    streamBody(client.exchange, 200, { 'content-type': 'application/json' }, body);
    while (client.take());
    expect(client.ended).toBe(true);
    expect(client.headers).toEqual({ 'content-type': 'application/json', 'content-length': body.size });
    expect(Buffer.concat(client.taken).equals(Buffer.concat(parts))).toBe(true);
    expect(client.mostWaiting).toBeLessThan(1024 * 1024);
  });

  it('stops making pieces when the client leaves', () => {
    const client = new SlowClient();
    streamBody(client.exchange, 200, {}, body);
    client.leave();
    client.take();
    expect(Buffer.concat(client.taken).length).toBeLessThan(body.size);
    expect(client.ended).toBe(false);
    expect(client.take()).toBe(false);
  });

  it('lets others have their turn while the network takes everything at once', async () => {
    const taken: Buffer[] = [];
    let ended = false;
    let turns = 0;
    const exchange = {
      open: () => ({ write: (chunk: Buffer) => taken.push(chunk), backlog: 0, end: () => { ended = true; }, onDrain: () => undefined, onClose: () => undefined }),
    } as unknown as HttpExchange;
    const many = Array.from({ length: 20 }, (_, i) => Buffer.alloc(256 * 1024, i));
    const nextTurn = (): Promise<void> => {
      turns += 1;
      return Promise.resolve();
    };
    streamBody(exchange, 200, {}, { parts: many, size: 20 * 256 * 1024, compressed: false, nextTurn });
    expect(taken).toHaveLength(8);
    while (!ended) await Promise.resolve();
    expect(turns).toBe(2);
    expect(Buffer.concat(taken).equals(Buffer.concat(many))).toBe(true);
  });

  it('compresses as it goes', async () => {
    const client = new SlowClient();
    streamBody(client.exchange, 200, {}, { ...body, compressed: true });
    while (!client.ended) {
      client.take();
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.take();
    expect(client.headers).toEqual({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(Buffer.concat(client.taken)).equals(Buffer.concat(parts))).toBe(true);
  });
});

describe('piecesOf', () => {
  it('copies no part that is large enough by itself', () => {
    const large = Buffer.alloc(300 * 1024);
    expect([...piecesOf([large, Buffer.from('a'), Buffer.from('b')])]).toEqual([large, Buffer.from('ab')]);
    expect([...piecesOf([large])][0]).toBe(large);
    expect([...piecesOf([])]).toEqual([]);
  });
});
