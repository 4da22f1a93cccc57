import { connect, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '@keelson/sdk';
import { EtcdCallError } from '../failure.ts';
import { connectFailure, noHttp2, silent, type ConnectFailure } from './connect-failure.ts';
import { Call } from './call.ts';

/** How far the server may run ahead of us: a list of everything must not wait for a round trip every 64 KiB. */
const window = 32 << 20;
/** Mebibytes that node:http2 lets a session hold; its default of 10 would refuse streams during a large answer. */
const sessionMemory = 4096;
const pingEveryMs = 10_000;
const pingAnswerMs = 5000;
/** Longest time until a server has introduced itself. */
const connectMs = 2000;

const leaderless = /etcdserver: (no leader|not leader|request timed out)/;

/** Certificates in PEM. */
export interface TlsFiles {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface SessionSettings {
  readonly clock: Clock;
  readonly tls: TlsFiles | undefined;
  /** Longest time for one call, milliseconds. */
  readonly attemptMs: number;
  /** There is no other member to turn to. */
  readonly alone: boolean;
  /** The session takes no more calls; those under way may still end well. */
  readonly retired: (session: Session) => void;
  /** Nothing is under way on it any more. */
  readonly closed: (session: Session) => void;
}

/** A session that could not be opened. */
export class ConnectError extends Error {
  constructor(
    readonly endpoint: string,
    readonly failure: ConnectFailure,
  ) {
    super(`${endpoint}: ${failure.text}`);
  }
}

/** What a stream of answers calls. */
export interface StreamSink {
  message(message: Buffer): void;
  /** Once, unless it was cancelled. */
  end(error: Error): void;
}

/** One HTTP/2 connection to one member. */
export class Session {
  readonly #closed = (): void => {
    if (--this.#streams === 0) this.#ping?.cancel();
  };
  readonly #headers = new Map<string, OutgoingHttpHeaders>();
  /** Calls that have a deadline, oldest first: all of them have the same time. */
  readonly #pending = new Set<Call>();
  #deadline: Cancel | undefined;
  #streams = 0;
  #ping: Cancel | undefined;
  #usable = true;
  #token = '';

  private constructor(
    readonly endpoint: string,
    private readonly http2: ClientHttp2Session,
    private readonly settings: SessionSettings,
  ) {
    http2.on('error', () => undefined);
    http2.on('close', () => this.#lost());
    http2.on('goaway', () => this.retire());
  }

  /** Resolves when the server has introduced itself. Rejects with `ConnectError`. */
  static open(endpoint: string, settings: SessionSettings): Promise<Session> {
    return new Promise((resolve, reject) => {
      const { tls } = settings;
      const http2 = connect(endpoint, {
        settings: { enablePush: false, initialWindowSize: window },
        maxSessionMemory: sessionMemory,
        // Until the server has said how many it takes; etcd takes any number.
        peerMaxConcurrentStreams: 2 ** 31 - 1,
        ...(tls === undefined ? {} : { ca: tls.ca, ...(tls.cert === undefined ? {} : { cert: tls.cert }), ...(tls.key === undefined ? {} : { key: tls.key }) }),
      });
      let problem: Error | undefined;
      let opened: Session | undefined;
      const fail = (failure: ConnectFailure): void => {
        timer.cancel();
        reject(new ConnectError(endpoint, failure));
        http2.destroy();
      };
      const timer = settings.clock.after(connectMs, () => fail(silent(connectMs)));
      http2.on('error', (error) => (problem ??= error));
      http2.on('close', () => fail(connectFailure(endpoint, problem)));
      http2.on('connect', (_session, socket: Socket | TLSSocket) => {
        socket.setNoDelay(true);
        http2.setLocalWindowSize(window);
        // A TLS alert after the handshake (the certificate was refused) reaches the socket but not the session's events.
        socket.on('error', (error) => (opened === undefined ? fail(connectFailure(endpoint, error)) : opened.#lost()));
        if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') fail(noHttp2);
      });
      http2.once('remoteSettings', () => {
        timer.cancel();
        http2.removeAllListeners('close');
        opened = new Session(endpoint, http2, settings);
        resolve(opened);
      });
    });
  }

  /** Whether new calls may be made. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Sent with every call from now on. */
  set token(token: string) {
    this.#token = token;
    this.#headers.clear();
  }

  /** One request, one answer, read by `decode`, which may take views of it. Rejects with `EtcdCallError`. */
  unary<T>(path: string, frame: Buffer, decode: (message: Buffer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: { readonly value: T } | undefined;
      const call: Call = new Call(
        this.endpoint,
        (message) => (answer = { value: decode(message) }),
        (error) => {
          this.#pending.delete(call);
          if (error === undefined && answer !== undefined) return resolve(answer.value);
          if (error !== undefined && leaderless.test(error.message)) this.#suspect();
          reject(error ?? new EtcdCallError('unknown', `${this.endpoint}: an answer without a message`));
        },
      );
      if (!this.#begin(call, path, frame, true)) return;
      call.giveUpAt = this.settings.clock.monotonic() + this.settings.attemptMs;
      this.#pending.add(call);
      this.#deadline ??= this.settings.clock.after(this.settings.attemptMs, () => this.#expire());
    });
  }

  /** One request, answers until the stream ends. */
  stream(path: string, frame: Buffer, sink: StreamSink): { cancel(): void } {
    const call = new Call(
      this.endpoint,
      (message) => sink.message(message),
      (error) => sink.end(error ?? new EtcdCallError('unknown', `${this.endpoint}: the stream ended`)),
    );
    this.#begin(call, path, frame, false);
    return { cancel: () => call.cancel() };
  }

  /** Takes no more calls and closes when those under way are done. */
  retire(): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.settings.retired(this);
    this.http2.close();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#usable = false;
    this.http2.destroy();
  }

  #begin(call: Call, path: string, frame: Buffer, last: boolean): boolean {
    let stream: ClientHttp2Stream;
    try {
      stream = this.http2.request(this.#headersOf(path), { endStream: false });
    } catch (error) {
      // Nothing has been sent.
      this.retire();
      call.settle(new EtcdCallError('refused', `${this.endpoint}: ${(error as Error).message}`, { cause: error }));
      return false;
    }
    if (this.#streams++ === 0) this.#watchOver();
    call.attach(stream, this.#closed);
    if (last) stream.end(frame);
    else stream.write(frame);
    return true;
  }

  #headersOf(path: string): OutgoingHttpHeaders {
    let headers = this.#headers.get(path);
    if (headers === undefined) {
      headers = {
        ':method': 'POST',
        ':path': path,
        te: 'trailers',
        'content-type': 'application/grpc',
        // A member that has lost the others says so at once, instead of letting us wait.
        hasleader: 'true',
        ...(this.#token === '' ? {} : { token: this.#token }),
      };
      this.#headers.set(path, headers);
    }
    return headers;
  }

  #expire(): void {
    this.#deadline = undefined;
    const { clock, attemptMs } = this.settings;
    const now = clock.monotonic();
    for (const call of this.#pending) {
      if (call.giveUpAt > now) {
        this.#deadline = clock.after(call.giveUpAt - now, () => this.#expire());
        break;
      }
      call.giveUp(new EtcdCallError('unknown', `${this.endpoint}: no answer within ${attemptMs} ms`));
      this.#suspect();
    }
  }

  /** This member may have lost the others, or be about to go: another one may do better. */
  #suspect(): void {
    if (!this.settings.alone) this.retire();
  }

  /** While something is under way, a silent connection is asked whether it lives; etcd forbids that on idle ones. */
  #watchOver(): void {
    const { clock } = this.settings;
    this.#ping?.cancel();
    this.#ping = clock.after(pingEveryMs, () => {
      if (this.http2.destroyed) return;
      this.#ping = clock.after(pingAnswerMs, () => this.http2.destroy(new Error(`no answer to a ping within ${pingAnswerMs} ms`)));
      this.http2.ping((error) => {
        this.#ping?.cancel();
        if (error === null && this.#streams > 0) this.#watchOver();
      });
    });
  }

  #lost(): void {
    this.#ping?.cancel();
    this.#deadline?.cancel();
    this.#usable = false;
    this.http2.destroy();
    this.settings.retired(this);
    this.settings.closed(this);
  }
}
