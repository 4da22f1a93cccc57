import { ApiClient, ApiTransports, Clock, Logger, Random, Tracer, type ApiTransport } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import { PodLogs } from '@keelson/sdk/runtime';
import { apiClient } from '@keelson/client';
import { ConfigurationError, createHost, scopedService, type Host } from '@keelson/kernel/host';
import { mastersGroup, type ApiServer, type ClusterPki, type HealthCheck, type PathEndpoints, type SharedParses, type NodeCredentials } from '@keelson/kernel/apiserver';
import type { Store } from '@keelson/kernel/storage';
import type { Tracing } from '@keelson/telemetry';
import { fieldManagerOf } from '../writer-name.ts';
import { establishKinds } from '../kinds/establish-kinds.ts';
import { hostOptionsOf, type ResolvedDistribution } from '../resolve.ts';
import { createKernel, type Kernel } from './kernel-plugin.ts';

/** What a cluster is put together from. */
export interface ClusterOptions {
  readonly distribution: ResolvedDistribution;
  readonly openStore: () => Promise<Store> | Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tracing: Tracing;
  readonly pki?: ClusterPki;
  readonly listen?: { readonly host: string; readonly port: number; readonly more?: readonly string[] | undefined };
  /** When frames of a turn leave for HTTP watchers; with a listener `setImmediate` joins the most of them. */
  readonly schedule?: (flush: () => void) => void;
  readonly serviceCidr?: string;
  /** Shared with the other forks of the same store. */
  readonly parses?: SharedParses;
  /** What is made while plugins are wired and start, and without which the start has failed, for its reason. */
  readonly prepared?: Promise<unknown>;
  /** Where nodes have agents of their own. */
  readonly nodeCredentials?: () => Promise<NodeCredentials>;
  readonly paths?: (paths: PathEndpoints, server: ApiServer) => void;
  /** Stands between each plugin and the API; fault injection of tests. */
  readonly wrapTransport?: (transport: ApiTransport, plugin: string) => ApiTransport;
  /** Ends a start that is under way; it rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** Who administers: every permission, as `system:masters` has it. */
export const administrator: UserInfo = Object.freeze({ name: 'kubernetes-admin', groups: Object.freeze([mastersGroup, 'system:authenticated']) });

/** A distribution running in this process. */
export interface Cluster {
  readonly host: Host;
  readonly server: ApiServer;
  readonly tracing: Tracing;
  /** `https://…`, with a listener. */
  readonly url: string | undefined;
  /** Settles only with a rejection: a plugin whose failure policy is `abort` failed. */
  readonly failed: Promise<never>;
  /** The API as a user sees it, in-process. */
  transportFor(user: UserInfo): ApiTransport;
  /** Contributions leave, plugins stop in reverse order, the store is flushed. Idempotent. */
  close(): Promise<void>;
}

/** Wires and starts a distribution. Errors: `ConfigurationError` with every problem, or what made the start fail. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { distribution, clock, random, log, tracing } = options;
  let abort: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    abort = reject;
  });
  failed.catch(() => undefined); // observed by whoever runs the cluster, if anybody
  const parts = { ...options, rules: rulesOf(distribution), podLogs: () => host.provided(PodLogs), readiness: () => readiness(host) };
  const kernel: Kernel = createKernel(parts);
  const base = hostOptionsOf(distribution);
  const host: Host = createHost({
    ...base,
    plugins: [{ use: kernel.plugin, config: undefined }, ...base.plugins],
    provisions: [Clock.provide(clock), Random.provide(random)],
    services: (plugin) => [Logger.provide(log.child({ plugin: plugin.name })), Tracer.provide(tracing.tracer(plugin.name))],
    scoped: [scopedService(ApiClient, [ApiTransports], (plugin, [transports]) => apiClient(transports.forPlugin(plugin.name), { fieldManager: fieldManagerOf(plugin) }))],
    establish: {
      from: [ApiTransports],
      run: (plugin, _dependencies, signal) => establishKinds({ plugin: plugin.name, kinds: plugin.crds ?? [], api: apiClient(kernel.server.transportFor(kernel.server.context.self)), signal }),
    },
    log, clock,
    onAbort: (plugin, error) => {
      abort(new Error(`plugin ${plugin} failed: ${error.message}`, { cause: error }));
    },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stop(host, tracing));
  const { signal } = options;
  // Whatever a plugin still waits for in its start is over with that, at once.
  const interrupt = (): void => void close().catch(() => undefined); // awaited below
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    signal?.throwIfAborted();
    host.configure();
    await host.start();
    await options.prepared;
    signal?.throwIfAborted();
  } catch (error) {
    await close();
    if (!(error instanceof ConfigurationError)) await options.prepared;
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
  return {
    host, tracing, failed, close,
    server: kernel.server,
    url: kernel.listener?.url,
    transportFor: (user) => kernel.server.transportFor(user),
  };
}

async function stop(host: Host, tracing: Tracing): Promise<void> {
  await host.drain();
  await host.stop();
  await tracing.close();
}

function rulesOf(distribution: ResolvedDistribution) {
  return new Map([...distribution.plugins.values()].map(({ plugin }) => [plugin.name, plugin.rbac ?? []] as const));
}

/** One readiness check per plugin, the kernel aside. */
function readiness(host: Host): HealthCheck[] {
  return host
    .status()
    .filter(({ name }) => name !== '@keelson/kernel')
    .map(({ name, state, lastError }) => ({
      name: `plugin/${name.replace(/^@keelson\//, '')}`,
      check: () => (state === 'ready' || state === 'disabled' ? undefined : state + (lastError === undefined ? "" : `: ${lastError}`)),
    }));
}
