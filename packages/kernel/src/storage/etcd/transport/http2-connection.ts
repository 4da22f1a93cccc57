import type { Socket } from 'node:net';
import { HeaderDecoder } from './hpack.ts';
import { SendWindows } from './send-windows.ts';

// RFC 9113. Types of frames, flags, settings and error codes.
const frame = { data: 0, headers: 1, reset: 3, settings: 4, push: 5, ping: 6, goaway: 7, windowUpdate: 8, continuation: 9 } as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
const setting = { enablePush: 2, maxStreams: 3, initialWindow: 4 } as const;
const refusedStream = 7;
const cancelled = 8;

const frameHead = 9;
/** Largest frame that the server may send as long as we do not offer more. */
const maxFrame = 16_384;
/** How far the server may run ahead of us: a list of everything must not wait for a round trip every 64 KiB. */
const window = 16 << 20;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const none: Buffer = Buffer.alloc(0);

/** Hears of one stream. After `closed` nothing is called. */
export interface StreamListener {
  headers(headers: ReadonlyMap<string, string>): void;
  /** A view of what the socket delivered. */
  data(chunk: Buffer): void;
  /** `refused`: the server promises not to have looked at it. `reason`: absent after a regular end. */
  closed(refused: boolean, reason: string | undefined): void;
}

export interface ConnectionListener {
  /** The server has introduced itself. */
  ready(): void;
  /** The server wants no more streams. */
  goaway(): void;
  /** Nothing comes any more; all streams are closed. */
  closed(error: Error | undefined): void;
}

interface Stream {
  readonly listener: StreamListener;
  /** Bytes received and not yet given back to the server's window. */
  received: number;
}

/** Breaks of the protocol; `code` as node:http2 has it. */
export class Http2Error extends Error {
  readonly code = 'ERR_HTTP2_ERROR';
}

/**
 * The client's side of one HTTP/2 connection, as much of it as gRPC needs. What is sent in one turn of the event loop
 * leaves in one write.
 */
export class Http2Connection {
  readonly #streams = new Map<number, Stream>();
  readonly #headers = new HeaderDecoder();
  readonly #windows: SendWindows;
  readonly #pings: (() => void)[] = [];
  #nextId = 1;
  #out: Buffer[] = [];
  #rest: Buffer = none;
  #introduced = false;
  #closed = false;
  #maxStreams = Infinity;
  /** Requests that have to wait until the server takes more streams. */
  readonly #waiting: { readonly start: () => void; readonly closed: (reason: string) => void }[] = [];
  /** A header block of which the end has not come yet. */
  #block: { readonly id: number; readonly ends: boolean; readonly parts: Buffer[] } | undefined;
  #received = 0;

  constructor(
    private readonly socket: Socket,
    private readonly listener: ConnectionListener,
  ) {
    this.#windows = new SendWindows((id, body, last) => this.#send(frame.data, last ? flag.endStream : 0, id, body));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(undefined));
    this.#queue(preface);
    this.#send(frame.settings, 0, 0, settings([setting.enablePush, 0], [setting.initialWindow, window]));
    this.#send(frame.windowUpdate, 0, 0, uint32(window - 65_535));
  }

  /** Streams under way. */
  get active(): number {
    return this.#streams.size;
  }

  /** Whether a stream number is left. */
  get exhausted(): boolean {
    return this.#nextId > 2 ** 30;
  }

  /** Opens a stream. `last`: nothing follows the body. Returns how to end it early; its listener then hears nothing. */
  request(block: Buffer, body: Buffer, last: boolean, listener: StreamListener): { cancel(): void } {
    let id = 0;
    let done = false;
    const start = (): void => {
      if (done) return;
      id = this.#nextId;
      this.#nextId += 2;
      this.#streams.set(id, { listener, received: 0 });
      this.#send(frame.headers, flag.endHeaders, id, block);
      this.#windows.write(id, body, last);
    };
    if (this.#streams.size < this.#maxStreams) start();
    else this.#waiting.push({ start, closed: (reason) => (done ? undefined : listener.closed(true, reason)) });
    return {
      cancel: () => {
        done = true;
        if (id === 0 || !this.#streams.has(id)) return;
        this.#send(frame.reset, 0, id, uint32(cancelled));
        this.#forget(id);
      },
    };
  }

  /** Calls back when the server has answered. */
  ping(answered: () => void): void {
    this.#pings.push(answered);
    this.#send(frame.ping, 0, 0, Buffer.alloc(8));
  }

  destroy(reason?: Error): void {
    this.#end(reason);
  }

  #send(type: number, flags: number, id: number, payload: Buffer): void {
    const head = Buffer.allocUnsafe(frameHead);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(id, 5);
    this.#queue(head);
    if (payload.length > 0) this.#queue(payload);
  }

  #queue(part: Buffer): void {
    if (this.#out.push(part) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const out = this.#out;
    this.#out = [];
    if (this.#closed) return;
    this.socket.cork();
    for (const part of out) this.socket.write(part);
    this.socket.uncork();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    try {
      while (!this.#closed && bytes.length - at >= frameHead) {
        const length = bytes.readUIntBE(at, 3);
        const type = bytes[at + 3]!;
        if (!this.#introduced && type !== frame.settings) throw new Http2Error('the server does not speak HTTP/2');
        if (length > maxFrame) throw new Http2Error(`a frame of ${length} bytes is too large`);
        if (bytes.length - at < frameHead + length) break;
        const start = at + frameHead;
        at = start + length;
        this.#frame(type, bytes[start - 5]!, bytes.readUInt32BE(start - 4) & 0x7fffffff, bytes.subarray(start, at));
      }
      this.#rest = at === bytes.length ? none : bytes.subarray(at);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (this.#block !== undefined && type !== frame.continuation) throw new Http2Error('a header block is interrupted');
    if (type === frame.data) this.#data(id, flags, payload);
    else if (type === frame.headers) this.#headersFrame(id, flags, payload);
    else if (type === frame.continuation) this.#continuation(id, flags, payload);
    else if (type === frame.reset) this.#close(id, payload.readUInt32BE(0) === refusedStream, `the server ended the stream with code ${payload.readUInt32BE(0)}`);
    else if (type === frame.settings) this.#settings(flags, payload);
    else if (type === frame.ping) this.#pinged(flags, payload);
    else if (type === frame.goaway) this.#goaway(payload);
    else if (type === frame.windowUpdate) this.#windows.grow(id, payload.readUInt32BE(0) & 0x7fffffff);
    else if (type === frame.push) throw new Http2Error('the server pushes although it must not');
  }

  #data(id: number, flags: number, payload: Buffer): void {
    // Padding counts too, and so does what comes for a stream that was given up.
    this.#received += payload.length;
    if (this.#received > window / 2) {
      this.#send(frame.windowUpdate, 0, 0, uint32(this.#received));
      this.#received = 0;
    }
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const ends = (flags & flag.endStream) !== 0;
    stream.received += payload.length;
    if (stream.received > window / 2 && !ends) {
      this.#send(frame.windowUpdate, 0, id, uint32(stream.received));
      stream.received = 0;
    }
    stream.listener.data(unpadded(flags, payload));
    if (ends) this.#close(id, false, undefined);
  }

  #headersFrame(id: number, flags: number, payload: Buffer): void {
    const content = unpadded(flags, payload);
    this.#block = { id, ends: (flags & flag.endStream) !== 0, parts: [(flags & flag.priority) === 0 ? content : content.subarray(5)] };
    if ((flags & flag.endHeaders) !== 0) this.#blockEnds();
  }

  #continuation(id: number, flags: number, payload: Buffer): void {
    if (this.#block === undefined || this.#block.id !== id || this.#block.parts.length > 64) throw new Http2Error('a header block goes on that never began, or never ends');
    this.#block.parts.push(payload);
    if ((flags & flag.endHeaders) !== 0) this.#blockEnds();
  }

  #blockEnds(): void {
    const { id, ends, parts } = this.#block!;
    this.#block = undefined;
    // Also for streams that nobody listens to any more: the block changes the tables.
    const headers = this.#headers.decode(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    this.#streams.get(id)?.listener.headers(headers);
    if (ends) this.#close(id, false, undefined);
  }

  #settings(flags: number, payload: Buffer): void {
    if ((flags & flag.ack) !== 0) return;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const name = payload.readUInt16BE(at);
      if (name === setting.initialWindow) this.#windows.initial = value;
      else if (name === setting.maxStreams) this.#maxStreams = value;
    }
    this.#send(frame.settings, flag.ack, 0, none);
    if (!this.#introduced) {
      this.#introduced = true;
      this.listener.ready();
    }
    this.#startWaiting();
  }

  #pinged(flags: number, payload: Buffer): void {
    if ((flags & flag.ack) !== 0) this.#pings.shift()?.();
    else this.#send(frame.ping, flag.ack, 0, Buffer.from(payload));
  }

  #goaway(payload: Buffer): void {
    const last = payload.readUInt32BE(0) & 0x7fffffff;
    this.listener.goaway();
    for (const id of [...this.#streams.keys()]) if (id > last) this.#close(id, true, 'the server is going away');
  }

  #close(id: number, refused: boolean, reason: string | undefined): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#forget(id);
    stream.listener.closed(refused, reason);
  }

  #forget(id: number): void {
    this.#streams.delete(id);
    this.#windows.forget(id);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0 && this.#streams.size < this.#maxStreams && !this.#closed) this.#waiting.shift()!.start();
  }

  #end(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.destroy();
    const reason = error?.message ?? 'the connection was closed';
    for (const { closed } of this.#waiting.splice(0)) closed(reason);
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const { listener } of streams) listener.closed(false, reason);
    this.listener.closed(error);
  }
}

function unpadded(flags: number, payload: Buffer): Buffer {
  if ((flags & flag.padded) === 0) return payload;
  const padding = payload[0] ?? 0;
  if (padding >= payload.length) throw new Http2Error('a frame has more padding than content');
  return payload.subarray(1, payload.length - padding);
}

function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  const out = Buffer.alloc(6 * pairs.length);
  for (const [i, [name, value]] of pairs.entries()) {
    out.writeUInt16BE(name, 6 * i);
    out.writeUInt32BE(value, 6 * i + 2);
  }
  return out;
}

function uint32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeUInt32BE(value);
  return out;
}
