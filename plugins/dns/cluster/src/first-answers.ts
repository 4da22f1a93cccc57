import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import type { Clock } from '@keelson/sdk';
import type { DnsQuery } from '@keelson/sdk/dns';
import { Attr, SpanName, startSpan } from '@keelson/telemetry';

interface Expected {
  readonly cause: SpanContext;
  /** Wall time of the change, milliseconds. */
  readonly since: number;
}

/** Names whose first answer is awaited at most; older ones are forgotten. */
const maxExpected = 4096;
/** After this long an answer is no longer news of the change, milliseconds. */
const patience = 10 * 60_000;

/**
 * The milestone `first-dns-answer`: the first answer that a change made possible, as a span in the change's trace from the
 * change to the answer, linked with the answer's own trace both ways.
 */
export class FirstAnswers {
  readonly #expected = new Map<string, Expected>();

  constructor(
    private readonly clock: Clock,
    private readonly tracer: Tracer,
  ) {}

  /** Names that are awaited now. */
  get size(): number {
    return this.#expected.size;
  }

  /** A change made this name answerable, or its answer another. */
  expect(name: string, cause: SpanContext): void {
    this.#expected.delete(name);
    this.#expected.set(name, { cause, since: this.clock.now() });
    if (this.#expected.size > maxExpected) this.#expected.delete(this.#expected.keys().next().value!);
  }

  /** An answer with records is on its way. One look-up when nothing is awaited. */
  answered({ name, type, clientAddress }: DnsQuery): void {
    if (this.#expected.size === 0) return;
    const expected = this.#expected.get(name);
    if (expected === undefined) return;
    this.#expected.delete(name);
    const now = this.clock.now();
    if (now - expected.since > patience) return;
    const question = { [Attr.dnsQuestion]: name };
    const answer = startSpan(this.tracer, SpanName.answerDns, {
      kind: SpanKind.SERVER, parent: 'root', links: [{ context: expected.cause }],
      attributes: { ...question, 'dns.question.type': type, [Attr.dnsRcode]: 'NOERROR', [Attr.dnsHandler]: 'cluster', 'client.address': clientAddress },
    });
    const milestone = startSpan(this.tracer, SpanName.milestone('first-dns-answer'), {
      parent: expected.cause, links: [{ context: answer.spanContext() }], startTime: expected.since,
      attributes: { ...question, [Attr.milestone]: 'first-dns-answer' },
    });
    milestone.end(now);
    answer.end(now);
  }
}
