import type { KubeObject } from '@keelson/api';
import { apiClient, type TrackingApiClient } from '@keelson/client';
import { resolveDistribution, type Distribution, type ResolvedDistribution } from '@keelson/distro';
import { administrator, startCluster, type Cluster } from '@keelson/distro/boot';
import { seededRandom, silentLogger, type ApiTransport, type Logger, type Random } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import { stampRevision, type ClusterPki, type SharedParses } from '@keelson/kernel/apiserver';
import { openMemoryStore, type ForkableStore, type Store } from '@keelson/kernel/storage';
import { createTracing, type Tracing } from '@keelson/telemetry';
import { CrashPoints } from './crash-points.ts';
import { milliseconds } from './duration.ts';
import { EventLog } from './event-log.ts';
import { FaultyBus, type FaultControl } from './faulty-transport.ts';
import { LateTransport } from './late-transport.ts';
import { applyObjects, parseManifests } from './manifests.ts';
import { TraceView } from './trace-view.ts';
import { tracedTransport } from './traced-transport.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface TestClusterOptions {
  /** Equal seeds give equal runs; default `keelson`. */
  readonly seed?: string;
  /** Default: a virtual clock at 2026-01-01. */
  readonly clock?: VirtualClock;
  /** Default: silent. */
  readonly log?: Logger;
  /** False leaves tracing out; default true. */
  readonly tracing?: boolean;
  /** Decorates the store (fault injection at writes). */
  readonly wrapStore?: (store: Store) => Store;
  /** Stands between a plugin and the API, nearer to the plugin than the injected faults. */
  readonly wrapTransport?: (transport: ApiTransport, plugin: string) => ApiTransport;
  /** Also serve HTTPS, for clients that are no plugin. What goes over the network does not settle in virtual time. */
  readonly serve?: { readonly pki: ClusterPki; readonly host?: string; readonly port?: number };
}

/** A whole cluster in this process, over memory, in virtual time. */
export interface TestCluster {
  readonly seed: string;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The administrator's client. */
  readonly api: TrackingApiClient;
  readonly trace: TraceView;
  readonly log: EventLog;
  readonly faults: FaultControl;
  /** Throws while a fork has not started. */
  readonly cluster: Cluster;
  /** A client that acts as somebody else. */
  as(user: UserInfo): TrackingApiClient;
  transportFor(user: UserInfo): ApiTransport;
  /** Creates or updates objects, given as YAML or as objects, as an administrator would apply them. */
  apply(manifests: string | readonly KubeObject[]): Promise<void>;
  /** Lets time pass (`'5m'`), with everything that follows from it. */
  advance(duration: string | number): Promise<void>;
  /**
   * Lets time pass in steps until the condition holds. Errors: an `Error` naming the condition when `within` virtual
   * time was not enough.
   */
  eventually(what: string, condition: () => Promise<boolean> | boolean, within?: string | number): Promise<void>;
  /** Starts a fork's plugins if they have not started; its first use does the same. */
  started(): Promise<void>;
  /**
   * An independent copy of the cluster as it is now: state and time are shared history, nothing after is. Costs no
   * copy; the plugins of the fork start, on that state, with its first use.
   */
  fork(options?: ForkTestOptions): Promise<TestCluster>;
  /**
   * What a crash of the whole cluster would leave the instant its `count`-th write from now is committed and before
   * anybody has the answer. Resolves when that write happens, to a fork of that state.
   */
  crashAtWrite(count: number, options?: ForkTestOptions): Promise<TestCluster>;
  /** Leaves neither timer nor watch nor listener. */
  close(): Promise<void>;
}

export interface ForkTestOptions {
  /** Default: drawn from the parent's seed and revision, so that a fork never repeats its parent's past draws. */
  readonly seed?: string;
}

/** Boots a distribution in this process. Errors: `ConfigurationError`, or what made the start fail. */
export async function cluster(distribution: Distribution, options: TestClusterOptions = {}): Promise<TestCluster> {
  const clock = options.clock ?? new VirtualClock();
  const test = new InProcessCluster({
    distribution: resolveDistribution(distribution), options, clock,
    seed: options.seed ?? 'keelson',
    memory: openMemoryStore({ clock, stamp: stampRevision }),
  });
  await test.started();
  return test;
}

interface Parts {
  readonly distribution: ResolvedDistribution;
  readonly options: TestClusterOptions;
  readonly clock: VirtualClock;
  readonly seed: string;
  readonly memory: ForkableStore;
  /** Of a fork: what it and the other forks of its parent have parsed of their common past. */
  readonly parses?: SharedParses;
}

class InProcessCluster implements TestCluster {
  readonly seed: string;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly api: TrackingApiClient;
  readonly trace: TraceView;
  readonly log: EventLog;
  readonly faults: FaultyBus;
  readonly #parts: Parts;
  readonly #tracing: Tracing;
  readonly #points: CrashPoints;
  #starting: Promise<void> | undefined;
  #running: Cluster | undefined;
  #closed: Promise<void> | undefined;
  /** A cluster that is never forked keeps no more parsed than any other. */
  #parses: SharedParses | undefined;

  constructor(parts: Parts) {
    const { seed, clock, memory, options } = parts;
    this.#parts = parts;
    this.seed = seed;
    this.clock = clock;
    this.random = seededRandom(seed);
    this.log = new EventLog(memory, memory.revision + 1);
    this.#tracing = createTracing({ clock, random: this.random.fork('tracing'), environment: options.tracing === false ? { OTEL_SDK_DISABLED: 'true' } : {} });
    this.trace = new TraceView(this.#tracing);
    this.faults = new FaultyBus(clock, this.random.fork('faults'), (plugin, error) => void this.#running?.host.fail(plugin, error));
    this.#points = new CrashPoints(options.wrapStore?.(memory) ?? memory, clock);
    this.api = this.as(administrator);
  }

  get cluster(): Cluster {
    if (this.#running === undefined) throw new Error('the fork has not started: await started() first');
    return this.#running;
  }

  as(user: UserInfo): TrackingApiClient {
    return apiClient(this.transportFor(user), { fieldManager: 'test' });
  }

  transportFor(user: UserInfo): ApiTransport {
    const transport = new LateTransport(
      () => this.#running?.transportFor(user),
      async () => {
        await this.started();
        return this.cluster.transportFor(user);
      },
    );
    return tracedTransport(transport, this.#tracing.tracer('@keelson/testing'), user.name);
  }

  apply(manifests: string | readonly KubeObject[]): Promise<void> {
    return applyObjects(this.api, typeof manifests === 'string' ? parseManifests(manifests) : manifests);
  }

  async advance(duration: string | number): Promise<void> {
    await this.started();
    await this.clock.advance(duration);
    this.#points.checkProgress();
  }

  /** One virtual second at a time is fine enough for conditions that controllers bring about. */
  async eventually(what: string, condition: () => Promise<boolean> | boolean, within: string | number = '10m'): Promise<void> {
    const deadline = this.clock.now() + milliseconds(within);
    await this.advance(0);
    while (!(await condition())) {
      if (this.clock.now() >= deadline) throw new Error(`${what}: not so after ${within} of virtual time (seed ${this.seed})`);
      await this.advance(1000);
    }
  }

  started(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async fork(options: ForkTestOptions = {}): Promise<TestCluster> {
    return this.#grow(this.#capture(), options);
  }

  async crashAtWrite(count: number, options: ForkTestOptions = {}): Promise<TestCluster> {
    return this.#grow(await this.#points.at(count, () => this.#capture()), options);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #start(): Promise<void> {
    const { distribution, options, clock, parses } = this.#parts;
    const { wrapTransport = (transport: ApiTransport) => transport, serve } = options;
    const starting = startCluster({
      distribution, clock, random: this.random, log: options.log ?? silentLogger, tracing: this.#tracing,
      openStore: () => this.#points,
      ...(parses === undefined ? {} : { parses }),
      wrapTransport: (transport, plugin) => wrapTransport(this.faults.wrap(transport, plugin), plugin),
      ...(serve === undefined ? {} : { pki: serve.pki, listen: { host: serve.host ?? '127.0.0.1', port: serve.port ?? 0 } }),
    });
    // Hooks have limits in virtual time, so time must pass; making keys and opening ports takes real time instead.
    this.#running = await (serve === undefined ? clock.until(starting) : starting);
  }

  /** State and time as they are this instant. */
  #capture(): Captured {
    const clock = new VirtualClock(this.clock.now(), this.clock.options);
    return { clock, memory: this.#parts.memory.fork({ clock, stamp: stampRevision }) };
  }

  #grow({ clock, memory }: Captured, { seed }: ForkTestOptions): TestCluster {
    const { distribution, options } = this.#parts;
    this.#parses ??= this.#parts.parses ?? new WeakMap();
    return new InProcessCluster({ distribution, options, clock, memory, parses: this.#parses, seed: seed ?? `${this.seed}+${memory.revision}` });
  }

  async #close(): Promise<void> {
    this.log.close();
    if (this.#starting === undefined) return this.#parts.memory.close();
    await this.#starting.catch(() => undefined);
    const closing = this.#running?.close() ?? Promise.resolve();
    // Shutting down waits for deadlines of its own; they must be able to pass.
    await (this.#parts.options.serve === undefined ? this.clock.until(closing) : closing);
  }
}

interface Captured {
  readonly clock: VirtualClock;
  readonly memory: ForkableStore;
}
