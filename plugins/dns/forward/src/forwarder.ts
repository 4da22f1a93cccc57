import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { KeelsonError, type Clock } from '@keelson/sdk';
import type { DnsAnswer, DnsQuery } from '@keelson/sdk/dns';
import { WireError, readAnswer, typeNumber, writeQuery, type AnswerMessage } from '@keelson/dns-wire';
import type { Upstream } from './upstreams.ts';

export interface ForwarderOptions {
  readonly clock: Clock;
  /** Milliseconds that one server has to answer. */
  readonly timeout: number;
  /** Questions asked at once; more are refused. */
  readonly maxPending: number;
}

/** A server that did not answer is asked last for this long, milliseconds. */
const rest = 5000;
/** One lost packet is not yet a server that is away. */
const failuresUntilAway = 3;

/** Asks other servers, one after the other, first those that answered last time. */
export class Forwarder {
  #upstreams: readonly Upstream[] = [];
  /** Monotonic time until which a server rests, by its place in the list. */
  readonly #resting = new Map<Upstream, number>();
  /** Questions in a row that a server left without an answer. */
  readonly #failures = new Map<Upstream, number>();
  #pending = 0;

  constructor(private readonly options: ForwarderOptions) {}

  use(upstreams: readonly Upstream[]): void {
    this.#upstreams = upstreams;
    this.#resting.clear();
    this.#failures.clear();
  }

  get upstreams(): readonly Upstream[] {
    return this.#upstreams;
  }

  /** Rejects when no server answers. */
  async ask(query: DnsQuery): Promise<DnsAnswer> {
    if (this.#upstreams.length === 0) return { rcode: 'SERVFAIL', answers: [] };
    if (this.#allAreAway()) return { rcode: 'SERVFAIL', answers: [] };
    if (this.#pending >= this.options.maxPending) throw new KeelsonError('KEEL_DNS_BUSY', `${this.#pending} questions wait for other servers already`);
    this.#pending++;
    try {
      return await this.#askInTurn(query);
    } finally {
      this.#pending--;
    }
  }

  /** No server answered its last questions, and none is due to be tried again: a client should not wait for that. */
  #allAreAway(): boolean {
    const now = this.options.clock.monotonic();
    return this.#upstreams.every((upstream) => (this.#resting.get(upstream) ?? 0) > now && (this.#failures.get(upstream) ?? 0) >= failuresUntilAway);
  }

  async #askInTurn(query: DnsQuery): Promise<DnsAnswer> {
    const now = this.options.clock.monotonic();
    const awake = this.#upstreams.filter((upstream) => (this.#resting.get(upstream) ?? 0) <= now);
    const order = [...awake, ...this.#upstreams.filter((upstream) => !awake.includes(upstream))];
    let failure: unknown;
    for (const upstream of order) {
      query.signal.throwIfAborted();
      try {
        const { rcode, answers, authorities, additionals } = await this.#exchange(upstream, query);
        this.#resting.delete(upstream);
        this.#failures.delete(upstream);
        // A server that cannot answer is no answer as long as there is another.
        if (rcode === 'SERVFAIL' && upstream !== order.at(-1)) continue;
        return { rcode, answers, authorities, additionals };
      } catch (error) {
        query.signal.throwIfAborted();
        failure = error;
        this.#resting.set(upstream, this.options.clock.monotonic() + rest);
        this.#failures.set(upstream, (this.#failures.get(upstream) ?? 0) + 1);
      }
    }
    throw new KeelsonError('KEEL_DNS_UPSTREAM', `no server answered for ${query.name}: ${failure instanceof Error ? failure.message : String(failure)}`, { cause: failure });
  }

  async #exchange(upstream: Upstream, query: DnsQuery): Promise<AnswerMessage> {
    const answer = query.transport === 'tcp' ? undefined : await this.#byUdp(upstream, query);
    return answer === undefined || answer.truncated ? this.#byTcp(upstream, query) : answer;
  }

  /** A socket of its own per question: a port that is hard to guess beside the id (RFC 5452). */
  #byUdp({ address, port }: Upstream, query: DnsQuery): Promise<AnswerMessage> {
    return this.#within(query.signal, `${address}:${port}`, (settle, fail) => {
      const id = randomInt(0x10000);
      const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
      socket.on('error', fail);
      socket.on('message', (bytes, from) => {
        if (from.port !== port) return;
        const answer = matching(bytes, id, query);
        if (answer !== undefined) settle(answer);
      });
      // Connected: answers of other addresses are dropped by the kernel, refusals come back as errors.
      socket.connect(port, address, () => socket.send(writeQuery(id, query.name, typeNumber(query.type))));
      return () => socket.close();
    });
  }

  #byTcp({ address, port }: Upstream, query: DnsQuery): Promise<AnswerMessage> {
    return this.#within(query.signal, `${address}:${port}`, (settle, fail) => {
      const id = randomInt(0x10000);
      const message = writeQuery(id, query.name, typeNumber(query.type));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length, 0);
      let waiting: Buffer = Buffer.alloc(0);
      const socket = connect({ host: address, port, noDelay: true }, () => socket.write(Buffer.concat([length, message])));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('the connection was closed without an answer')));
      socket.on('data', (chunk) => {
        waiting = Buffer.concat([waiting, chunk]);
        if (waiting.length < 2 || waiting.length < 2 + waiting.readUInt16BE(0)) return;
        const answer = matching(waiting.subarray(2, 2 + waiting.readUInt16BE(0)), id, query);
        if (answer === undefined) fail(new Error('the answer is not to the question'));
        else settle(answer);
      });
      return () => socket.destroy();
    });
  }

  #within(signal: AbortSignal, server: string, open: (settle: (answer: AnswerMessage) => void, fail: (error: Error) => void) => () => void): Promise<AnswerMessage> {
    return new Promise((resolve, reject) => {
      const socket: { close?: () => void } = {};
      let isDone = false;
      const finish = (then: () => void): void => {
        if (isDone) return;
        isDone = true;
        timer.cancel();
        signal.removeEventListener('abort', aborted);
        socket.close?.();
        then();
      };
      const aborted = (): void => finish(() => reject(signal.reason as Error));
      const timer = this.options.clock.after(this.options.timeout, () => finish(() => reject(new Error(`${server} did not answer within ${this.options.timeout} ms`))));
      signal.addEventListener('abort', aborted, { once: true });
      socket.close = open((answer) => finish(() => resolve(answer)), (error) => finish(() => reject(new Error(`${server}: ${error.message}`, { cause: error }))));
      if (isDone) socket.close();
    });
  }
}

/** The answer to this very question; undefined for everything else that may come to the port. */
function matching(bytes: Buffer, id: number, query: DnsQuery): AnswerMessage | undefined {
  try {
    const answer = readAnswer(bytes);
    return answer.id === id && answer.question?.name === query.name && answer.question.type === query.type ? answer : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
