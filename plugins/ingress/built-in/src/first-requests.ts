import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import type { Clock } from '@keelson/sdk';
import type { IngressDelta } from '@keelson/sdk/ingress';
import { Attr, SpanName, startSpan } from '@keelson/telemetry';

interface Expected {
  readonly cause: SpanContext;
  /** Wall time of the change, milliseconds. */
  readonly since: number;
}

/** Ingresses and backends whose first answer is awaited at most; older ones are forgotten. */
const maxExpected = 4096;
/** After this long an answer is no longer news of the change, milliseconds. */
const patience = 10 * 60_000;

/** A request that was answered by a backend. */
export interface Answered {
  readonly method: string;
  /** Path of the rule. */
  readonly route: string;
  readonly path: string;
  readonly code: number;
  /** Keys of what led it there: the Ingress and the backend. */
  readonly by: readonly (string | undefined)[];
  /** Wall time at which it came, milliseconds. */
  readonly started: number;
}

/**
 * The milestone `first-ingress-request`: the first request that a backend answered after a change, as a span in the change's
 * trace from the change to the answer, linked with the request's own trace both ways.
 */
export class FirstRequests {
  readonly #expected = new Map<string, Expected>();

  constructor(
    private readonly clock: Clock,
    private readonly tracer: Tracer,
  ) {}

  /** Awaited now. */
  get size(): number {
    return this.#expected.size;
  }

  /** A change is in force from now on. */
  expect({ changed, cause }: IngressDelta): void {
    if (cause === undefined) return;
    for (const key of changed) {
      // Of several changes that nobody has asked for yet, the first is what the user waits for.
      if (this.#expected.has(key)) continue;
      this.#expected.set(key, { cause, since: this.clock.now() });
      if (this.#expected.size > maxExpected) this.#expected.delete(this.#expected.keys().next().value!);
    }
  }

  /** One look-up for each key when something is awaited, none otherwise. */
  answered({ method, route, path, code, by, started }: Answered): void {
    if (this.#expected.size === 0 || code >= 500) return;
    const now = this.clock.now();
    for (const key of by) {
      const expected = key === undefined ? undefined : this.#expected.get(key);
      if (expected === undefined) continue;
      this.#expected.delete(key!);
      if (now - expected.since > patience) continue;
      const request = { [Attr.httpMethod]: method, [Attr.urlPath]: path, [Attr.httpStatus]: code, 'keelson.ingress.route': key! };
      const served = startSpan(this.tracer, SpanName.request(method, route), { kind: SpanKind.SERVER, parent: 'root', links: [{ context: expected.cause }], startTime: started, attributes: request });
      const milestone = startSpan(this.tracer, SpanName.milestone('first-ingress-request'), {
        parent: expected.cause, links: [{ context: served.spanContext() }], startTime: expected.since,
        attributes: { ...request, [Attr.milestone]: 'first-ingress-request' },
      });
      milestone.end(now);
      served.end(now);
    }
  }
}
