import type { Logger } from '@keelson/sdk';
import type { DnsAnswer, DnsQuery } from '@keelson/sdk/dns';
import { internetClass, readQuery, udpPayload, writeAnswer, writeBadVersion, writeRefusal, type QueryMessage } from '@keelson/dns-wire';
import type { Resolve } from './chain.ts';

/** What answering needs. */
export interface Answerer {
  /** The chain of this moment. */
  resolve(): Resolve;
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Queries that wait for a handler at once; more are refused. */
  readonly maxPending: number;
}

const failed: DnsAnswer = Object.freeze({ rcode: 'SERVFAIL', answers: [] });
const refused: DnsAnswer = Object.freeze({ rcode: 'REFUSED', answers: [] });

/** Turns messages into answers. One for both transports, so that the bound on waiting queries is one as well. */
export class MessageAnswerer {
  readonly #parts: Answerer;
  #pending = 0;

  constructor(parts: Answerer) {
    this.#parts = parts;
  }

  /** Queries that wait now. */
  get pending(): number {
    return this.#pending;
  }

  /** Calls `reply` at most once: within this turn if the chain answers at once. Never throws. */
  answer(bytes: Buffer, transport: 'udp' | 'tcp', clientAddress: string, reply: (answer: Buffer) => void): void {
    const message = readQuery(bytes);
    if (message === undefined) return;
    if ('rcode' in message) return reply(writeRefusal(message));
    if (message.edns !== undefined && message.edns.version !== 0) return reply(writeBadVersion(message));
    const limit = transport === 'tcp' ? 65_535 : Math.min(message.edns?.udpSize ?? 512, udpPayload);
    if (message.question.class !== internetClass) return reply(this.#write(message, refused, limit));
    const query: DnsQuery = { name: message.question.name, type: message.question.type, transport, clientAddress, signal: this.#parts.signal };
    let answer: DnsAnswer | Promise<DnsAnswer>;
    try {
      answer = this.#parts.resolve()(query);
    } catch (error) {
      return reply(this.#fail(message, error, limit));
    }
    if (!(answer instanceof Promise)) return reply(this.#write(message, answer, limit));
    if (this.#pending >= this.#parts.maxPending) {
      answer.catch(() => undefined);
      return reply(this.#write(message, failed, limit));
    }
    this.#pending++;
    answer
      .then((found) => this.#write(message, found, limit), (error: unknown) => this.#fail(message, error, limit))
      .then(reply)
      .finally(() => {
        this.#pending--;
      })
      // The client is gone, or its socket is: nobody waits for the answer.
      .catch(() => undefined);
  }

  #write(message: QueryMessage, answer: DnsAnswer, limit: number): Buffer {
    try {
      return writeAnswer(message, answer, limit);
    } catch (error) {
      return this.#fail(message, error, limit);
    }
  }

  #fail(message: QueryMessage, error: unknown, limit: number): Buffer {
    if (!this.#parts.signal.aborted) {
      this.#parts.log.warn('query could not be answered', { name: message.question.name, type: message.question.type, error: error instanceof Error ? error.message : String(error) });
    }
    return writeAnswer(message, failed, limit);
  }
}
