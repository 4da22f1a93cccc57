import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '@keelson/sdk';
import { EtcdCallError } from '../failure.ts';
import { Call } from './call.ts';
import { connectFailure, noHttp2, silent, type ConnectFailure } from './connect-failure.ts';
import { headerBlock } from './hpack.ts';
import { Http2Connection } from './http2-connection.ts';

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
  readonly #blocks = new Map<string, Buffer>();
  /** Calls that have a deadline, oldest first: all of them have the same time. */
  readonly #pending = new Set<Call>();
  #connection: Http2Connection | undefined;
  #deadline: Cancel | undefined;
  #ping: Cancel | undefined;
  #usable = true;
  #token = '';

  private constructor(
    readonly endpoint: string,
    private readonly settings: SessionSettings,
  ) {}

  /** Resolves when the server has introduced itself. Rejects with `ConnectError`. */
  static open(endpoint: string, settings: SessionSettings): Promise<Session> {
    return new Promise((resolve, reject) => {
      const session = new Session(endpoint, settings);
      const fail = (failure: ConnectFailure): void => {
        timer.cancel();
        reject(new ConnectError(endpoint, failure));
        socket.destroy();
      };
      const refused = (error?: Error): void => fail(connectFailure(endpoint, error));
      const timer = settings.clock.after(connectMs, () => fail(silent(connectMs)));
      const socket = connect(endpoint, settings.tls, () => {
        if ('alpnProtocol' in socket && (socket as TLSSocket).alpnProtocol !== 'h2') return fail(noHttp2);
        socket.removeListener('error', refused);
        let ready = false;
        session.#connection = new Http2Connection(socket, {
          ready: () => {
            ready = true;
            timer.cancel();
            resolve(session);
          },
          goaway: () => session.retire(),
          closed: (error) => (ready ? session.#lost() : refused(error)),
        });
      });
      socket.on('error', refused);
    });
  }

  /** Whether new calls may be made. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Sent with every call from now on. */
  set token(token: string) {
    this.#token = token;
    this.#blocks.clear();
  }

  /** One request, one answer, read by `decode`, which may take views of it. Rejects with `EtcdCallError`. */
  unary<T>(path: string, frame: Buffer, decode: (message: Buffer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: { readonly value: T } | undefined;
      const call: Call = new Call(
        this.endpoint,
        (message) => (answer = { value: decode(message) }),
        (error) => {
          this.#settled(call);
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
    const call: Call = new Call(
      this.endpoint,
      (message) => sink.message(message),
      (error) => {
        this.#settled(call);
        sink.end(error ?? new EtcdCallError('unknown', `${this.endpoint}: the stream ended`));
      },
    );
    this.#begin(call, path, frame, false);
    return {
      cancel: () => {
        call.cancel();
        this.#settled(call);
      },
    };
  }

  /** Takes no more calls and closes when those under way are done. */
  retire(): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.settings.retired(this);
    this.#closeWhenIdle();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#usable = false;
    this.#connection?.destroy();
  }

  #begin(call: Call, path: string, frame: Buffer, last: boolean): boolean {
    const connection = this.#connection;
    if (!this.#usable || connection === undefined) {
      // Nothing has been sent.
      call.settle(new EtcdCallError('refused', `${this.endpoint}: the connection is closed`));
      return false;
    }
    if (connection.active === 0) this.#watchOver();
    call.stream = connection.request(this.#blockOf(path), frame, last, call);
    if (connection.exhausted) this.retire();
    return true;
  }

  #blockOf(path: string): Buffer {
    let block = this.#blocks.get(path);
    if (block === undefined) {
      const { protocol, host } = new URL(this.endpoint);
      block = headerBlock([
        [':method', 'POST'],
        [':scheme', protocol.slice(0, -1)],
        [':path', path],
        [':authority', host],
        ['te', 'trailers'],
        ['content-type', 'application/grpc'],
        // A member that has lost the others says so at once, instead of letting us wait.
        ['hasleader', 'true'],
        ...(this.#token === '' ? [] : ([['token', this.#token]] as const)),
      ]);
      this.#blocks.set(path, block);
    }
    return block;
  }

  #settled(call: Call): void {
    this.#pending.delete(call);
    if (this.#usable) return;
    // The stream itself is forgotten a moment later.
    queueMicrotask(() => this.#closeWhenIdle());
  }

  #closeWhenIdle(): void {
    if (this.#connection?.active === 0) this.#connection.destroy();
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
    if (this.#ping !== undefined) return;
    const { clock } = this.settings;
    this.#ping = clock.after(pingEveryMs, () => {
      this.#ping = undefined;
      if (this.#connection === undefined || this.#connection.active === 0) return;
      this.#ping = clock.after(pingAnswerMs, () => this.#connection?.destroy(new Error(`no answer to a ping within ${pingAnswerMs} ms`)));
      this.#connection.ping(() => {
        this.#ping?.cancel();
        this.#ping = undefined;
        this.#watchOver();
      });
    });
  }

  #lost(): void {
    this.#ping?.cancel();
    this.#deadline?.cancel();
    this.#usable = false;
    this.settings.retired(this);
    this.settings.closed(this);
  }
}

function connect(endpoint: string, tls: TlsFiles | undefined, connected: () => void): Socket {
  const { protocol, hostname, port } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'https:';
  const at = { host, port: port === '' ? (secure ? 443 : 80) : Number(port) };
  const socket = secure
    ? connectTls({ ...at, ALPNProtocols: ['h2'], ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, connected)
    : connectPlain(at, connected);
  return socket.setNoDelay(true);
}
