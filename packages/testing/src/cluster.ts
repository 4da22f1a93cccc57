import { parseAllDocuments } from 'yaml';
import { findKind, parseApiVersion, type KubeObject } from '@keelson/api';
import { apiClient, type TrackingApiClient } from '@keelson/client';
import { resolveDistribution, type Distribution } from '@keelson/distro';
import { administrator, startCluster, type Cluster } from '@keelson/distro/boot';
import { seededRandom, silentLogger, type ApiTransport, type Logger, type Random } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import { stampRevision } from '@keelson/kernel/apiserver';
import { openMemoryStore, type ForkableStore, type Store } from '@keelson/kernel/storage';
import { createTracing } from '@keelson/telemetry';
import { milliseconds } from './duration.ts';
import { EventLog } from './event-log.ts';
import { FaultyBus, type FaultControl } from './faulty-transport.ts';
import { TraceView } from './trace-view.ts';
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
}

/** A whole cluster in this process, over memory, in virtual time. */
export interface TestCluster {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The administrator's client. */
  readonly api: TrackingApiClient;
  readonly trace: TraceView;
  readonly log: EventLog;
  readonly faults: FaultControl;
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
  /** An independent copy of the cluster as it is now: state and time are shared history, nothing after is. */
  fork(options?: { readonly seed?: string }): Promise<TestCluster>;
  close(): Promise<void>;
}

/** Boots a distribution in this process. Errors: `ConfigurationError`, or what made the start fail. */
export function cluster(distribution: Distribution, options: TestClusterOptions = {}): Promise<TestCluster> {
  const clock = options.clock ?? new VirtualClock();
  return boot(distribution, openMemoryStore({ clock, stamp: stampRevision }), clock, options);
}

async function boot(distribution: Distribution, memory: ForkableStore, clock: VirtualClock, options: TestClusterOptions): Promise<TestCluster> {
  const seed = options.seed ?? 'keelson';
  const random = seededRandom(seed);
  const log = new EventLog(memory, memory.revision + 1);
  const tracing = createTracing({ clock, random: random.fork('tracing'), environment: options.tracing === false ? { OTEL_SDK_DISABLED: 'true' } : {} });
  const bus = new FaultyBus(clock, random.fork('faults'));
  const running = await startCluster({
    distribution: resolveDistribution(distribution),
    openStore: () => (options.wrapStore === undefined ? memory : options.wrapStore(memory)),
    clock, random, log: options.log ?? silentLogger, tracing,
    wrapTransport: (transport) => bus.wrap(transport),
  });
  const as = (user: UserInfo) => apiClient(running.transportFor(user), { fieldManager: 'test' });
  const api = as(administrator);
  const self: TestCluster = {
    clock, random, api, log, cluster: running, faults: bus, as,
    trace: new TraceView(tracing),
    transportFor: (user) => running.transportFor(user),
    apply: (manifests) => applyAll(api, typeof manifests === 'string' ? parse(manifests) : manifests),
    advance: (duration) => clock.advance(duration),
    eventually: (what, condition, within = '10m') => eventually(clock, { what, condition, within }),
    fork: async (forkOptions = {}) => {
      const forkedClock = new VirtualClock(clock.now());
      return boot(distribution, memory.fork({ clock: forkedClock, stamp: stampRevision }), forkedClock, { ...options, ...forkOptions, clock: forkedClock });
    },
    close: async () => {
      log.close();
      const closed = running.close();
      // Shutting down waits for deadlines of its own; they must be able to pass.
      await clock.advance(0);
      await closed;
    },
  };
  return self;
}

/** One virtual second at a time is fine enough for conditions that controllers bring about. */
async function eventually(clock: VirtualClock, wait: { readonly what: string; readonly condition: () => Promise<boolean> | boolean; readonly within: string | number }): Promise<void> {
  const deadline = clock.now() + milliseconds(wait.within);
  await clock.advance(0);
  while (!(await wait.condition())) {
    if (clock.now() >= deadline) throw new Error(`${wait.what}: not so after ${wait.within} of virtual time`);
    await clock.advance(1000);
  }
}

function parse(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0]!;
    const value = (document as { toJS(): unknown }).toJS() as KubeObject | null;
    return value === null ? [] : [value];
  });
}

async function applyAll(api: TrackingApiClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const at = parseApiVersion(object.apiVersion);
    const kind = at === undefined ? undefined : findKind(at.group, at.version, object.kind);
    if (kind === undefined) throw new Error(`kind ${object.kind} of ${object.apiVersion} is not known`);
    const metadata = kind.namespaced ? { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } : object.metadata;
    const named = { ...object, metadata } as KubeObject;
    const ref = { name: metadata.name!, namespace: metadata.namespace };
    if ((await api.get(kind, ref)) === undefined) await api.create(named);
    else await api.patch(kind, ref, { type: 'merge', body: named });
  }
}
