import type { Clock } from '@keelson/sdk';
import { RuntimeFault, type ByteStream } from '@keelson/sdk/runtime';
import { SpdyConnection } from './spdy-connection.ts';

const protocol = 'portforward.k8s.io';
/**
 * The server does not say that it has connected, only that it could not. So long its word is waited for, milliseconds, by
 * whether somebody listens on the port.
 */
const refusalMs = { nobody: 5000, unknown: 50 };

export interface PortStreamOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Undefined: not known. */
  readonly listened: boolean | undefined;
}

/** One connection to a port of a sandbox; rejects with a `RuntimeFault` when nobody listens there. */
export async function portStream(url: string, port: number, { clock, signal, listened }: PortStreamOptions): Promise<ByteStream> {
  const connection = await SpdyConnection.open(url, protocol, signal);
  const incoming = new Handover();
  let refusal = '';
  const refused = new Promise<void>((resolve) => {
    const told = (): void => {
      if (refusal === '') return;
      incoming.fail(new RuntimeFault('start', refusal));
      resolve();
    };
    connection.stream({ streamtype: 'error', port: String(port), requestid: '0' }, { data: (chunk) => void (refusal += chunk.toString('utf8')), end: told });
  });
  // The server keeps the connection for further streams; this one is over when both directions are.
  let left = 2;
  const half = (): void => void (--left === 0 && connection.end());
  const ended = (): void => {
    incoming.end();
    half();
  };
  const data = connection.stream({ streamtype: 'data', port: String(port), requestid: '0' }, { data: (chunk) => incoming.give(chunk), end: ended });
  connection.closed.then(() => incoming.end(), (error: Error) => incoming.fail(error));
  // The end of the data says nothing yet: it may come before the words of a refusal.
  if (listened !== true) await Promise.race([refused, incoming.first, connection.closed.catch(() => undefined), pause(clock, listened === false ? refusalMs.nobody : refusalMs.unknown)]);
  if (signal.aborted || refusal !== '') {
    connection.destroy();
    signal.throwIfAborted();
    throw new RuntimeFault('start', refusal);
  }
  return {
    readable: incoming,
    write: (chunk) => data.write(chunk),
    end: () => {
      data.end();
      half();
    },
    destroy: (error) => {
      incoming.drop();
      connection.destroy(error);
    },
  };
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** Hands chunks from the connection to one reader; giving waits until the reader has taken. */
class Handover implements AsyncIterable<Uint8Array> {
  /** Resolves with the first chunk. */
  readonly first: Promise<void>;
  #begun: () => void = () => undefined;
  #chunk: { readonly data: Uint8Array; readonly taken: () => void } | undefined;
  #over: { readonly error?: Error } | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    this.first = new Promise((resolve) => (this.#begun = resolve));
  }

  give(data: Uint8Array): Promise<void> {
    if (this.#over !== undefined) return Promise.resolve();
    return new Promise<void>((taken) => {
      this.#chunk = { data, taken };
      this.#begun();
      this.#wake();
    });
  }

  end(): void {
    this.#over ??= {};
    this.#wake();
  }

  fail(error: Error): void {
    this.#over ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunk;
        if (chunk !== undefined) {
          this.#chunk = undefined;
          try {
            yield chunk.data;
          } finally {
            chunk.taken();
          }
        } else if (this.#over !== undefined) {
          if (this.#over.error !== undefined) throw this.#over.error;
          return;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      this.drop();
    }
  }

  /** Nobody reads any more. */
  drop(): void {
    this.#chunk?.taken();
    this.#chunk = undefined;
    this.end();
  }
}
