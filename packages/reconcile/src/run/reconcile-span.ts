import { context, ROOT_CONTEXT, SpanKind, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { KubeObject } from '@keelson/api';
import type { Clock, ObjectRef } from '@keelson/sdk';
import { Attr, failSpan, linksAndParent, noopTracer, SpanName, type Outcome } from '@keelson/telemetry';
import type { WorkItem } from '../queue/work-queue.ts';

/** What a reconcile's span is about. */
export interface ReconcileSpanOptions {
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly controller: string;
  readonly kind: Pick<KubeObject, 'kind'>;
  readonly ref: ObjectRef;
  readonly uid: string | undefined;
  readonly item: WorkItem;
  readonly relation: 'parent' | 'link';
}

/** A reconcile that wrote nothing and did not fail leaves a span only when it took so long, milliseconds. */
export const silentBelow = 50;

/**
 * The span of one reconcile, made at its first write or failure: most reconciles look, find nothing to do and must
 * leave no trace. It starts when the reconcile started, and everything written through it has it as its cause.
 */
export class ReconcileSpan {
  readonly #startedAt: number;
  readonly #started: number;
  #span: Span | undefined;

  constructor(private readonly options: ReconcileSpanOptions) {
    this.#startedAt = options.clock.now();
    this.#started = options.clock.monotonic();
  }

  /** True once something was written in it. */
  get used(): boolean {
    return this.#span !== undefined;
  }

  /** Runs a write as a child of the reconcile. */
  run<R>(fn: () => R): R {
    if (this.options.tracer === noopTracer) return fn();
    return context.with(trace.setSpan(context.active(), this.#open()), fn);
  }

  /** Milliseconds since the reconcile started. */
  elapsed(): number {
    return this.options.clock.monotonic() - this.#started;
  }

  end(outcome: Outcome, error?: unknown): void {
    if (this.options.tracer === noopTracer) return;
    if (this.#span === undefined && error === undefined && this.elapsed() < silentBelow) return;
    const span = this.#open();
    span.setAttribute(Attr.outcome, outcome);
    if (error !== undefined) failSpan(span, error);
    span.end(this.options.clock.now());
  }

  #open(): Span {
    if (this.#span !== undefined) return this.#span;
    const { tracer, clock, controller, kind, ref, uid, item, relation } = this.options;
    const { parent, links } = linksAndParent(item.causes, clock.now(), relation);
    const around = parent === 'root' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    this.#span = tracer.startSpan(
      SpanName.reconcile(controller),
      {
        kind: SpanKind.CONSUMER,
        startTime: this.#startedAt,
        links: [...links],
        attributes: {
          [Attr.objectKind]: kind.kind,
          [Attr.objectName]: ref.name,
          ...(ref.namespace ? { [Attr.objectNamespace]: ref.namespace } : {}),
          ...(uid === undefined ? {} : { [Attr.objectUid]: uid }),
          [Attr.attempt]: item.attempt,
          [Attr.queueWait]: item.waited,
        },
      },
      around,
    );
    return this.#span;
  }
}
