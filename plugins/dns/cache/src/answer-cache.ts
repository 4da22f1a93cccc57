import type { Clock } from '@keelson/sdk';
import type { DnsAnswer, DnsQuery, DnsRecord } from '@keelson/sdk/dns';

export interface CacheLimits {
  /** Answers kept; the one unused longest leaves. */
  readonly entries: number;
  /** Seconds that an answer is kept at most. */
  readonly maxTtl: number;
  /** Seconds that "there is no such name" is kept at most. */
  readonly maxNegativeTtl: number;
}

interface Entry {
  readonly answer: DnsAnswer;
  /** Monotonic milliseconds. */
  readonly storedAt: number;
  readonly expiresAt: number;
}

/** Answers by name and type, for as long as their records live (RFC 2181, RFC 2308). */
export class AnswerCache {
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Promise<DnsAnswer>>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: CacheLimits,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The kept answer, or that of `next`; the same question is asked once at a time. */
  answer(query: DnsQuery, next: (query: DnsQuery) => DnsAnswer | Promise<DnsAnswer>): DnsAnswer | Promise<DnsAnswer> {
    const key = `${query.type} ${query.name}`;
    const entry = this.#entries.get(key);
    const now = this.clock.monotonic();
    if (entry !== undefined) {
      this.#entries.delete(key);
      if (now < entry.expiresAt) {
        this.#entries.set(key, entry);
        return aged(entry.answer, Math.floor((now - entry.storedAt) / 1000));
      }
    }
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const answer = next(query);
    if (!(answer instanceof Promise)) return this.#keep(key, answer);
    const kept = answer.then((found) => this.#keep(key, found)).finally(() => this.#asking.delete(key));
    this.#asking.set(key, kept);
    return kept;
  }

  #keep(key: string, answer: DnsAnswer): DnsAnswer {
    const seconds = this.#lifetime(answer);
    if (seconds <= 0) return answer;
    const storedAt = this.clock.monotonic();
    this.#entries.set(key, { answer, storedAt, expiresAt: storedAt + 1000 * seconds });
    if (this.#entries.size > this.limits.entries) this.#entries.delete(this.#entries.keys().next().value!);
    return answer;
  }

  /** Seconds; 0: not to be kept. */
  #lifetime({ rcode, answers, authorities, authoritative }: DnsAnswer): number {
    // The cluster's own answers come from memory and change at any moment.
    if (authoritative === true) return 0;
    if (rcode === 'NOERROR' && answers.length > 0) return Math.min(this.limits.maxTtl, ...answers.map(({ ttl }) => ttl));
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return 0;
    // RFC 2308, section 5: how long a name is missing stands in the zone's SOA; without one nothing is known.
    const soa = authorities?.find(({ type }) => type === 'SOA');
    return soa === undefined ? 0 : Math.min(this.limits.maxNegativeTtl, soa.ttl, (soa.data as { readonly minimum: number }).minimum);
  }
}

/** The answer with what its records have left to live. */
function aged(answer: DnsAnswer, seconds: number): DnsAnswer {
  if (seconds === 0) return answer;
  const older = (records: readonly DnsRecord[]): readonly DnsRecord[] => records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - seconds) }));
  return { ...answer, answers: older(answer.answers), ...(answer.authorities === undefined ? {} : { authorities: older(answer.authorities) }) };
}
