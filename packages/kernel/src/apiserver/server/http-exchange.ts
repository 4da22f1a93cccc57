import type { TLSSocket } from 'node:tls';

/** Headers of an answer, lower-case names. */
export type ResponseHeaders = Record<string, string | number | readonly string[]>;

/** An answer that is written over time (watch, log). */
export interface ResponseStream {
  write(chunk: Buffer): void;
  /** Bytes that the network has not taken yet. */
  readonly backlog: number;
  end(): void;
  /** Calls back once when the network has taken what was written. */
  onDrain(listener: () => void): void;
  /** Calls back once when the client is gone or the stream has ended. */
  onClose(listener: () => void): void;
}

/** One request and its answer, the same over HTTP/1.1 and HTTP/2. */
export interface HttpExchange {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly socket: TLSSocket;
  header(name: string): string | undefined;
  /** Every header as it came, repeated ones apart. */
  headerPairs(): Iterable<readonly [name: string, value: string]>;
  /** Errors: 413 when it is larger than `limit` bytes, `RequestAborted` when the client goes away half-way. */
  body(limit: number): Promise<Buffer>;
  send(code: number, headers: ResponseHeaders, body: readonly Buffer[]): void;
  open(code: number, headers: ResponseHeaders): ResponseStream;
  readonly answered: boolean;
}

/** The client went away before its request was complete: nobody to answer. */
export class RequestAborted extends Error {
  constructor() {
    super('the client closed the connection before the request was complete');
  }
}
