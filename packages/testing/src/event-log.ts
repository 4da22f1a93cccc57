import type { Store, StoreEvent, Watch } from '@keelson/kernel/storage';

/** Everything that was ever written to a store, as text: the thing that equal seeds must make equal. */
export class EventLog {
  readonly #lines: string[] = [];
  readonly #watch: Watch;

  constructor(store: Store, fromRevision = 1) {
    this.#watch = store.watch(
      { start: '/', end: '0', fromRevision, maxBacklog: Number.MAX_SAFE_INTEGER },
      {
        batch: ({ revision, events }) => {
          for (const event of events) this.#lines.push(line(revision, event));
        },
        end: () => undefined,
      },
    );
  }

  /** One line a change: revision, verb, key, content. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  text(): string {
    return this.#lines.join('\n');
  }

  close(): void {
    this.#watch.cancel();
  }
}

function line(revision: number, event: StoreEvent): string {
  return event.type === 'put' ? `${revision} put ${event.entry.key} ${event.entry.value.toString('utf8')}` : `${revision} delete ${event.key}`;
}
