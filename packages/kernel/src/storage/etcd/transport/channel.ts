import type { Cancel, Clock, Random } from '@keelson/sdk';
import { EtcdCallError } from '../failure.ts';
import { ConnectError, Session, type StreamSink, type TlsFiles } from './session.ts';

const firstDelayMs = 50;
const maxDelayMs = 1000;

export interface ChannelSettings {
  /** Client URLs of the members, `http://` or `https://`. */
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly tls: TlsFiles | undefined;
  /** Longest time for one call, milliseconds; waiting for a connection counts. */
  readonly attemptMs: number;
  /** Makes the token to send with every call, by calls on the new session; absent: none is needed. */
  readonly authenticate: ((session: Session) => Promise<string>) | undefined;
}

/**
 * One session at a time, with whichever member answers: the next one is tried when a member is gone or has lost the
 * others. Watches of an old session stay on it as long as it lives.
 */
export class Channel {
  /** All that are not closed yet. */
  readonly #sessions = new Set<Session>();
  #current: Session | undefined;
  #opening: Promise<Session> | undefined;
  /** Index of the member to try next. */
  #next: number;
  #delay = firstDelayMs;
  /** Monotonic time before which no member is tried again. */
  #notBefore = 0;
  readonly #closed = new AbortController();

  constructor(private readonly settings: ChannelSettings) {
    // Several clients spread over the members.
    this.#next = Math.floor(settings.random.next() * settings.endpoints.length);
  }

  /** Rejects with `EtcdCallError`. */
  unary<T>(path: string, frame: Buffer, decode: (message: Buffer) => T): Promise<T> {
    const session = this.#current;
    const answer = session === undefined ? this.session().then((opened) => opened.unary(path, frame, decode)) : session.unary(path, frame, decode);
    return this.settings.authenticate === undefined ? answer : this.#renewing(answer);
  }

  /** Rejects with `EtcdCallError` if there is no connection; what happens later goes to the sink. */
  async stream(path: string, frame: Buffer, sink: StreamSink): Promise<{ cancel(): void }> {
    return (await this.session()).stream(path, frame, sink);
  }

  /** A usable session, within the time for one call. */
  session(): Promise<Session> {
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#within(this.#opening);
  }

  close(): void {
    this.#closed.abort();
    for (const session of this.#sessions) session.destroy();
    this.#sessions.clear();
    this.#current = undefined;
  }

  #within<T>(opening: Promise<T>): Promise<T> {
    const { clock, attemptMs, endpoints } = this.settings;
    return new Promise((resolve, reject) => {
      const timer: Cancel = clock.after(attemptMs, () => reject(new EtcdCallError('refused', `no connection to ${endpoints.join(', ')} within ${attemptMs} ms`)));
      const settled = <V>(how: (value: V) => void) => (value: V): void => {
        timer.cancel();
        how(value);
      };
      opening.then(settled(resolve), settled(reject));
    });
  }

  async #open(): Promise<Session> {
    const { clock, random, endpoints } = this.settings;
    const wait = this.#notBefore - clock.monotonic();
    if (wait > 0) await clock.sleep(wait, this.#closed.signal).catch(() => undefined);
    const failures: ConnectError[] = [];
    for (let i = 0; i < endpoints.length && !this.#closed.signal.aborted; i++) {
      const endpoint = endpoints[this.#next % endpoints.length]!;
      this.#next++;
      const opened = await this.#connect(endpoint);
      if (opened instanceof Session) {
        this.#delay = firstDelayMs;
        return opened;
      }
      failures.push(opened);
    }
    // Clients that lost the same server must not come back in step.
    this.#notBefore = clock.monotonic() + this.#delay * (0.5 + random.next() / 2);
    this.#delay = Math.min(maxDelayMs, this.#delay * 2);
    const permanent = failures.length > 0 && failures.every(({ failure }) => failure.permanent);
    throw new EtcdCallError(permanent ? 'final' : 'refused', failures.map(({ message }) => message).join('; '));
  }

  async #connect(endpoint: string): Promise<Session | ConnectError> {
    const { clock, tls, attemptMs, endpoints, authenticate } = this.settings;
    let session: Session;
    try {
      session = await Session.open(endpoint, { clock, tls, attemptMs, alone: endpoints.length === 1, retired: (one) => this.#retired(one), closed: (one) => this.#sessions.delete(one) });
    } catch (error) {
      if (error instanceof ConnectError) return error;
      throw error;
    }
    this.#sessions.add(session);
    if (this.#closed.signal.aborted) session.destroy();
    try {
      if (authenticate !== undefined) session.token = await authenticate(session);
    } catch (error) {
      session.destroy();
      const final = error instanceof EtcdCallError && error.failure === 'final';
      return new ConnectError(endpoint, { text: `etcd does not let the user in: ${(error as Error).message}`, permanent: final });
    }
    if (session.usable) this.#current = session;
    return session;
  }

  #retired(session: Session): void {
    if (this.#current === session) this.#current = undefined;
  }

  /** Tokens expire; the next attempt gets a new one. */
  async #renewing<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof EtcdCallError) || error.failure !== 'token') throw error;
      this.#current?.retire();
      throw new EtcdCallError('refused', error.message, { cause: error });
    }
  }
}
