import type { KubeObject } from '@keelson/api';
import { StatusError, type ApiCall, type ApiTransport, type Cancel, type Clock, type Random, type WatchEvent, type WatchHandle, type WatchHandler } from '@keelson/sdk';

/** Chances, 0 to 1, that something goes wrong on the bus between the server and a plugin. */
export interface BusFaults {
  /** An event, and all after it, arrives late: the plugin works on a stale view. */
  readonly stale?: number;
  /** Longest delay of a stale view, milliseconds; default 1000. */
  readonly staleMs?: number;
  /** The stream is cut; the plugin has to resume. */
  readonly drop?: number;
  /** Two changes of different objects change places. */
  readonly reorder?: number;
  /** A write is refused before it happens (503). */
  readonly failWrite?: number;
  /** A write happens, but its answer is lost (504). */
  readonly loseAnswer?: number;
  /** The plugin is taken down right before or right after a write; the host starts it again by its failure policy. */
  readonly crash?: number;
  /** Names of plugins that cannot reach the API at all: calls fail (503), watches end. */
  readonly cutOff?: readonly string[];
}

/** Takes a plugin down as if it had failed of itself. */
export type CrashPlugin = (plugin: string, error: Error) => void;

export interface FaultControl {
  /** Replaces the chances from now on; `{}` heals. */
  set(faults: BusFaults): void;
  /** How often each fault has struck. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Puts seeded faults between plugins and the API: what a controller has to survive. */
export class FaultyBus implements FaultControl {
  readonly counts: Record<string, number> = {};
  #faults: BusFaults = {};
  readonly #watches = new Set<{ readonly plugin: string; cut(): void }>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly crash: CrashPlugin = () => undefined,
  ) {}

  set(faults: BusFaults): void {
    this.#faults = faults;
    for (const watch of [...this.#watches]) if (this.#isCutOff(watch.plugin)) watch.cut();
  }

  /** A transport with faults in front of a good one. */
  wrap(inner: ApiTransport, plugin = ''): ApiTransport {
    return {
      call: (call) => this.#call(inner, call, plugin),
      watch: (call, handler) => this.#watch(inner, call, handler, plugin),
    };
  }

  async #call(inner: ApiTransport, call: ApiCall, plugin: string): Promise<unknown> {
    if (this.#isCutOff(plugin)) throw unreachable();
    if (call.verb === 'get' || call.verb === 'list') return inner.call(call);
    if (this.#strikes('crash')) return this.#crashAround(inner, call, plugin);
    if (this.#strikes('failWrite')) throw new StatusError('ServiceUnavailable', 'injected fault: the write did not happen', { retryAfterSeconds: 1 });
    const answer = await inner.call(call);
    if (this.#strikes('loseAnswer')) throw new StatusError('Timeout', 'injected fault: the write happened, its answer was lost');
    return answer;
  }

  /** Never answers with a result: whoever wrote is dead. */
  async #crashAround(inner: ApiTransport, call: ApiCall, plugin: string): Promise<never> {
    const before = this.random.next() < 0.5;
    if (!before) await inner.call(call);
    const error = new Error(`injected fault: ${plugin} crashed ${before ? 'before' : 'after'} ${call.verb} ${call.plural}`);
    this.crash(plugin, error);
    throw error;
  }

  #watch(inner: ApiTransport, call: Omit<ApiCall, 'verb' | 'body'>, handler: WatchHandler<KubeObject>, plugin: string): WatchHandle {
    const lane = new DelayLane(this.clock, handler);
    if (this.#isCutOff(plugin)) {
      queueMicrotask(() => lane.end(unreachable()));
      return { stop: () => lane.stop() };
    }
    let over = false;
    const finish = (error: Error | undefined): void => {
      if (over) return;
      over = true;
      this.#watches.delete(open);
      lane.end(error);
    };
    const cut = (error: Error): void => {
      finish(error);
      // A transport may deliver before it returns its handle.
      queueMicrotask(() => handle.stop());
    };
    const open = { plugin, cut: () => cut(unreachable()) };
    this.#watches.add(open);
    const handle = inner.watch(call, {
      event: (event) => {
        if (over) return;
        if (this.#strikes('drop')) return cut(new StatusError('Timeout', 'injected fault: the watch was cut'));
        if (event.type !== 'BOOKMARK' && this.#strikes('stale')) lane.hold(this.random.int(this.#faults.staleMs ?? 1000) + 1);
        lane.push(event, this.#strikes('reorder'));
      },
      end: finish,
    });
    return {
      stop: () => {
        over = true;
        this.#watches.delete(open);
        handle.stop();
        lane.stop();
      },
      // Late events make "reached" true later as well; without it informers rely on the events themselves.
      reached: (revision) => {
        const sent = handle.reached?.(revision);
        return sent === undefined ? lane.empty() : sent.then(() => lane.empty());
      },
    };
  }

  #isCutOff(plugin: string): boolean {
    return this.#faults.cutOff?.includes(plugin) === true;
  }

  #strikes(fault: Exclude<keyof BusFaults, 'staleMs' | 'cutOff'>): boolean {
    const chance = this.#faults[fault] ?? 0;
    if (chance === 0 || this.random.next() >= chance) return false;
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return true;
  }
}

function unreachable(): StatusError {
  return new StatusError('ServiceUnavailable', 'injected fault: the API cannot be reached');
}

/** Hands events on in order, held back for a while when told so. */
class DelayLane {
  #queue: WatchEvent<KubeObject>[] = [];
  #held: Cancel | undefined;
  #stopped = false;
  #end: { readonly error: Error | undefined } | undefined;
  #empty: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly handler: WatchHandler<KubeObject>,
  ) {}

  hold(ms: number): void {
    if (this.#held !== undefined || this.#stopped) return;
    this.#held = this.clock.after(ms, () => {
      this.#held = undefined;
      this.#flush();
    });
  }

  push(event: WatchEvent<KubeObject>, swap: boolean): void {
    const last = this.#queue[this.#queue.length - 1];
    // Changes of one object keep their order, as they do in any real network between ordered streams.
    if (swap && last !== undefined && last.type !== 'BOOKMARK' && event.type !== 'BOOKMARK' && last.object.metadata.uid !== event.object.metadata.uid) {
      this.#queue.splice(this.#queue.length - 1, 0, event);
    } else this.#queue.push(event);
    if (this.#held === undefined) this.#flush();
  }

  end(error: Error | undefined): void {
    this.#end = { error };
    if (this.#held === undefined) this.#flush();
  }

  stop(): void {
    this.#stopped = true;
    this.#held?.cancel();
    this.#queue = [];
    this.#settle();
  }

  empty(): Promise<void> | undefined {
    if (this.#queue.length === 0) return undefined;
    return new Promise((resolve) => this.#empty.push(resolve));
  }

  #flush(): void {
    while (!this.#stopped && this.#held === undefined && this.#queue.length > 0) this.handler.event(this.#queue.shift()!);
    if (this.#held !== undefined) return;
    this.#settle();
    if (this.#end === undefined || this.#stopped) return;
    this.#stopped = true;
    this.handler.end(this.#end.error);
  }

  #settle(): void {
    for (const resolve of this.#empty.splice(0)) resolve();
  }
}
