import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { EtcdCallError, failureOf } from '../failure.ts';
import { FrameReader } from './frame-reader.ts';

/** One gRPC call on its HTTP/2 stream. `settled` is called once, without an error for status OK; never after `cancel`. */
export class Call {
  /** Monotonic time; set by whoever watches the deadlines. */
  giveUpAt = 0;
  readonly #reader: FrameReader;
  #stream: ClientHttp2Stream | undefined;
  #error: Error | undefined;
  #messages = 0;
  #ok = false;
  #done = false;

  constructor(
    private readonly endpoint: string,
    message: (message: Buffer) => void,
    private readonly settled: (error: Error | undefined) => void,
  ) {
    this.#reader = new FrameReader((bytes) => {
      this.#messages++;
      if (!this.#done) message(bytes);
    });
  }

  /** Hears of everything that happens on the stream; `closed` is called after the call's own business is done. */
  attach(stream: ClientHttp2Stream, closed: () => void): void {
    this.#stream = stream;
    stream.on('response', (headers) => this.#response(headers));
    stream.on('data', (chunk: Buffer) => this.#data(chunk));
    stream.on('trailers', (headers) => this.#status(headers));
    stream.on('error', (error: Error) => (this.#error ??= error));
    stream.on('close', () => {
      this.#closed(stream.rstCode);
      closed();
    });
  }

  /** Ends the call for the server too. */
  cancel(): void {
    this.#done = true;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
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

  #response(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    if (headers['grpc-status'] !== undefined) return this.#status(headers);
    const status = headers[':status'];
    const type = headers['content-type'];
    if (status === 200 && type?.startsWith('application/grpc') === true) return;
    // What stands between us and etcd may answer like that for a while; anything else is another kind of server.
    const passing = status === 429 || (status !== undefined && status >= 502 && status <= 504);
    const text = `${this.endpoint} is not an etcd member: it answered with HTTP status ${status} and ${type ?? 'no type'}; give a client URL of etcd`;
    this.giveUp(new EtcdCallError(passing ? 'unknown' : 'final', text));
  }

  #data(chunk: Buffer): void {
    if (this.#done) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.giveUp(new EtcdCallError('unknown', `${this.endpoint} sent an answer that cannot be read: ${(error as Error).message}`, { cause: error }));
    }
  }

  #status(headers: IncomingHttpHeaders): void {
    const code = Number(headers['grpc-status']);
    if (code === 0) {
      // The status may overtake the answer; then the stream's end, which cannot, settles the call.
      this.#ok = true;
      if (this.#messages > 0 && this.#reader.complete) this.settle(undefined);
      return;
    }
    const text = messageOf(headers['grpc-message']);
    const failure = failureOf(code, text);
    const stranger = code === 12 ? `; give a client URL of etcd` : '';
    this.settle(new EtcdCallError(failure, `${this.endpoint}: ${text === '' ? `gRPC status ${code}` : text}${stranger}`));
  }

  #closed(rstCode: number | undefined): void {
    if (this.#done) return;
    if (this.#ok && this.#reader.complete) return this.settle(undefined);
    // The server promises not to have looked at a stream that it refuses.
    const refused = rstCode === constants.NGHTTP2_REFUSED_STREAM;
    const reason = this.#error?.message ?? (refused ? 'the stream was refused' : 'the connection was lost');
    this.settle(new EtcdCallError(refused ? 'refused' : 'unknown', `${this.endpoint}: ${reason}`, this.#error === undefined ? {} : { cause: this.#error }));
  }
}

/** Percent-encoded, as gRPC has it. */
function messageOf(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header.join(' ') : (header ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
