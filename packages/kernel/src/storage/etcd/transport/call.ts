import { EtcdCallError, failureOf } from '../failure.ts';
import { FrameReader } from './frame-reader.ts';
import type { StreamListener } from './http2-connection.ts';

/** One gRPC call on its HTTP/2 stream. `settled` is called once, without an error for status OK; never after `cancel`. */
export class Call implements StreamListener {
  /** Monotonic time; set by whoever watches the deadlines. */
  giveUpAt = 0;
  /** The stream it is on, as soon as there is one. */
  stream: { cancel(): void } | undefined;
  readonly #reader: FrameReader;
  #status: number | undefined;
  #text = '';
  #done = false;

  constructor(
    private readonly endpoint: string,
    message: (message: Buffer) => void,
    private readonly settled: (error: Error | undefined) => void,
  ) {
    this.#reader = new FrameReader((bytes) => {
      if (!this.#done) message(bytes);
    });
  }

  headers(headers: ReadonlyMap<string, string>): void {
    const code = headers.get('grpc-status');
    if (code !== undefined) {
      this.#status = Number(code);
      this.#text = decodeText(headers.get('grpc-message') ?? '');
      return;
    }
    const status = headers.get(':status') ?? 'none';
    const type = headers.get('content-type') ?? 'no type';
    if (status === '200' && type.startsWith('application/grpc')) return;
    // What stands between us and etcd may answer like that for a while; anything else is another kind of server.
    const passing = ['429', '502', '503', '504'].includes(status);
    this.giveUp(new EtcdCallError(passing ? 'unknown' : 'final', `${this.endpoint} is not an etcd member: it answered with HTTP status ${status} and ${type}; give a client URL of etcd`));
  }

  data(chunk: Buffer): void {
    if (this.#done) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.giveUp(new EtcdCallError('unknown', `${this.endpoint} sent an answer that cannot be read: ${(error as Error).message}`, { cause: error }));
    }
  }

  closed(refused: boolean, reason: string | undefined): void {
    const status = this.#status;
    if (status === 0 && this.#reader.complete) return this.settle(undefined);
    if (status === undefined || status === 0) {
      return this.settle(new EtcdCallError(refused ? 'refused' : 'unknown', `${this.endpoint}: ${reason ?? 'the stream ended without a status'}`));
    }
    const text = this.#text === '' ? `gRPC status ${status}` : this.#text;
    this.settle(new EtcdCallError(failureOf(status, text), `${this.endpoint}: ${text}${status === unimplemented ? '; give a client URL of etcd' : ''}`));
  }

  /** Ends the call for the server too. */
  cancel(): void {
    this.#done = true;
    this.stream?.cancel();
  }

  giveUp(error: Error): void {
    this.settle(error);
    this.cancel();
  }

  settle(error: Error | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.settled(error);
  }
}

const unimplemented = 12;

/** Percent-encoded, as gRPC has it. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
