import { request } from 'node:http';
import type { Socket } from 'node:net';
import { RuntimeFault } from '@keelson/sdk/runtime';
import { FrameReader, dataFrame, openFrame, resetFrame, type Frame } from './spdy-frames.ts';

/** What comes in on one stream. */
export interface StreamHandlers {
  /** A returned promise holds the whole connection back until it settles. */
  readonly data?: (chunk: Buffer) => Promise<void> | void;
  /** The other side sends no more on it. */
  readonly end?: () => void;
}

/** One direction or both of a connection. */
export interface SpdyStream {
  /** Resolves when there is room for more; rejects when the connection is gone. */
  write(chunk: Uint8Array): Promise<void>;
  /** Sends no more. */
  end(): void;
  reset(): void;
}

/** Longest piece in one frame: its length has 24 bits. */
const mostFrameBytes = 1 << 20;

/**
 * A SPDY/3.1 connection to a stream server of containerd. Unlike its WebSockets it can end one direction and keep the
 * other, which `kubectl exec -i` and port-forward need.
 */
export class SpdyConnection {
  /** Resolves when the connection has ended, rejects when it broke. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #handlers = new Map<number, StreamHandlers>();
  #next = 1;

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.closed = this.#read(head);
    this.closed.catch(() => undefined);
  }

  /** Rejects with a `RuntimeFault` when the server refuses. */
  static open(url: string, protocol: string, signal: AbortSignal | undefined): Promise<SpdyConnection> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const asking = request(url, { method: 'POST', agent: false, headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol }, ...(signal === undefined ? {} : { signal }) });
      asking.once('upgrade', (_response, socket, head) => {
        (socket as Socket).setNoDelay(true);
        resolve(new SpdyConnection(socket as Socket, head));
      });
      asking.once('response', (response) => {
        response.resume();
        reject(new RuntimeFault('start', `the stream server of the container runtime answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim()));
      });
      asking.once('error', (error) => reject(signal?.aborted === true ? (signal.reason as Error) : new RuntimeFault('start', `the stream server of the container runtime does not answer: ${error.message}`, { cause: error })));
      asking.end();
    });
  }

  /** Opens a stream; the server knows it by its headers. */
  stream(headers: Readonly<Record<string, string>>, handlers: StreamHandlers = {}): SpdyStream {
    const id = this.#next;
    this.#next += 2;
    this.#handlers.set(id, handlers);
    this.#socket.write(openFrame(id, headers, id === 1));
    return {
      write: async (chunk) => {
        for (let at = 0; at < chunk.length; at += mostFrameBytes) await this.#send(dataFrame(id, chunk.subarray(at, at + mostFrameBytes), false));
      },
      end: () => void (this.#socket.writable && this.#socket.write(dataFrame(id, Buffer.alloc(0), true))),
      reset: () => void (this.#socket.writable && this.#socket.write(resetFrame(id))),
    };
  }

  /** Sends what is written, then ends. */
  end(): void {
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }

  async #send(bytes: Buffer): Promise<void> {
    if (!this.#socket.writable) throw new RuntimeFault('start', 'the connection to the container runtime has ended');
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.once('drain', done).once('close', done);
    });
  }

  async #read(head: Buffer): Promise<void> {
    const reader = new FrameReader();
    try {
      for (const frame of reader.frames(head)) await this.#take(frame);
      for await (const chunk of this.#socket) for (const frame of reader.frames(chunk as Buffer)) await this.#take(frame);
    } finally {
      for (const { end } of this.#handlers.values()) end?.();
      this.#handlers.clear();
      this.#socket.destroy();
    }
  }

  async #take(frame: Frame): Promise<void> {
    // Pings of the server have even numbers; it wants them back as they are.
    if (frame.type === 'ping' && frame.id % 2 === 0) this.#socket.write(frame.whole);
    if (frame.type !== 'data' && frame.type !== 'reply' && frame.type !== 'reset') return;
    const handlers = this.#handlers.get(frame.stream);
    if (handlers === undefined) return;
    if (frame.type === 'data' && frame.data.length > 0) await handlers.data?.(frame.data);
    if (frame.type !== 'reset' && !frame.last) return;
    this.#handlers.delete(frame.stream);
    handlers.end?.();
  }
}
