import type { Clock, Logger } from '@keelson/sdk';
import type { CriClient, TaskEvent } from './cri-client.ts';
import type { Availability } from './availability.ts';
import { isUnavailable, isUnimplemented } from './rpc/rpc-error.ts';

export interface WatchEventsOptions {
  readonly client: CriClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Also when events come, everything is compared so often, milliseconds. */
  readonly relistMs: number;
  readonly take: (event: TaskEvent) => void;
  readonly relist: () => Promise<void>;
  /** Told when the runtime answers, and when it has stopped to. */
  readonly availability: Availability;
}

const backoffMs = { first: 50, most: 1000 };
/** Runtimes without any event stream are asked so often, as upstream's kubelet does. */
const withoutEventsMs = 1000;
/** The stream may begin a little after it was asked for: what happened until then is found by looking again. */
const settledMs = 500;

type Source = (client: CriClient, signal: AbortSignal, take: (event: TaskEvent) => void) => Promise<void>;

/** From the best to the worst: containerd's own events, CRI's, none. */
const sources: readonly Source[] = [
  (client, signal, take) => client.taskEvents(signal, take),
  (client, signal, take) => client.containerEvents(signal, take),
];

/** Follows the container runtime's events until the signal aborts; comes back when it was gone, and misses nothing. */
export async function watchEvents(options: WatchEventsOptions): Promise<void> {
  const { signal, clock, log, availability } = options;
  let wait = backoffMs.first;
  let source = 0;
  while (!signal.aborted) {
    try {
      await followSource(sources[source], options);
      wait = backoffMs.first;
    } catch (error) {
      if (signal.aborted) return;
      if (isUnimplemented(error) && source < sources.length) {
        source++;
        if (source === sources.length) log.warn('the container runtime has no events: its containers are listed every second instead');
        continue;
      }
      if (isUnavailable(error)) log.debug('the container runtime went away', { error: String(error) });
      else log.warn('the container runtime refuses its events: ends of containers are told late', { error: String(error) });
    }
    availability.lost();
    await clock.sleep(wait, signal).catch(() => undefined);
    wait = Math.min(2 * wait, backoffMs.most);
  }
}

async function followSource(source: Source | undefined, { client, clock, signal, relistMs, take, relist, availability }: WatchEventsOptions): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    const events = source === undefined ? new Promise<never>(() => undefined) : source(client, over.signal, take);
    await Promise.race([events, lookAround()]);
  } finally {
    signal.removeEventListener('abort', end);
    over.abort(new Error('the event stream ended'));
  }

  async function lookAround(): Promise<void> {
    await client.version(0, over.signal);
    availability.found();
    await relist();
    await clock.sleep(settledMs, over.signal);
    for (;;) {
      await relist();
      await clock.sleep(source === undefined ? withoutEventsMs : relistMs, over.signal);
    }
  }
}
