import type { SpanContext } from '@opentelemetry/api';

interface Pending {
  readonly value: Buffer | undefined;
  readonly cause: SpanContext;
}

/**
 * Carries the span of a write to the event that it makes. A write announces itself under its storage key before the
 * transaction; the event takes the announcement back out. In-process drivers publish the very buffer that was
 * written, so racing writers of one key are told apart by identity; a remote driver falls back to first come.
 */
export class CauseTable {
  readonly #pending = new Map<string, Pending[]>();

  /** Call before the transaction; call the result when the transaction has failed. */
  announce(key: string, value: Buffer | undefined, cause: SpanContext | undefined): () => void {
    if (cause === undefined) return noop;
    const pending: Pending = { value, cause };
    const waiting = this.#pending.get(key);
    if (waiting === undefined) this.#pending.set(key, [pending]);
    else waiting.push(pending);
    return () => {
      this.#remove(key, pending);
    };
  }

  /** The cause of the event for `key` that carries `value` (undefined for a delete). */
  take(key: string, value: Buffer | undefined): SpanContext | undefined {
    if (this.#pending.size === 0) return undefined;
    const waiting = this.#pending.get(key);
    if (waiting === undefined) return undefined;
    const pending = waiting.find((one) => one.value === value) ?? waiting[0]!;
    this.#remove(key, pending);
    return pending.cause;
  }

  #remove(key: string, pending: Pending): void {
    const waiting = this.#pending.get(key);
    const at = waiting?.indexOf(pending) ?? -1;
    if (waiting === undefined || at < 0) return;
    if (waiting.length === 1) this.#pending.delete(key);
    else waiting.splice(at, 1);
  }
}

const noop = (): void => undefined;
