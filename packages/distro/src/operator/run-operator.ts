import { ApiClient, ApiTransports, Clock, KeelsonError, Logger, Random, Tracer, type Plugin, type Requirement } from '@keelson/sdk';
import { Controllers } from '@keelson/sdk/controller';
import { apiClient } from '@keelson/client';
import { httpTransport, inClusterConfig, loadKubeconfig, type ConnectionConfig, type HttpTransport } from '@keelson/client/http';
import { createHost, scopedService, type Host } from '@keelson/kernel/host';
import { createTracing, type Environment, type Tracing } from '@keelson/telemetry';
import { fieldManagerOf } from '../writer-name.ts';
import { establishKinds } from '../kinds/establish-kinds.ts';
import { controllerRunner } from '../presets/operator-parts.ts';
import { missingPermissions } from './permissions.ts';

/** One plugin and the cluster that it is to work on; everything real comes from the caller. */
export interface OperatorOptions {
  readonly plugin: Plugin;
  readonly config: unknown;
  /** Path; undefined: this process is a pod and acts as its service account. */
  readonly kubeconfig: string | undefined;
  /** Default: the kubeconfig's current one. */
  readonly context?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For `OTEL_*`, credential plugins and the address of the cluster that this pod is in. */
  readonly environment: Environment;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** A plugin that works on a cluster from outside. */
export interface RunningOperator {
  readonly host: Pick<Host, 'status' | 'stray'>;
  /** Rejects if the plugin fails for good. */
  readonly failed: Promise<never>;
  /** What is in flight ends, leases are handed back, connections closed. Idempotent. */
  close(): Promise<void>;
}

/**
 * Runs one plugin, unchanged, against any Kubernetes API: all identities of the host are the kubeconfig's user.
 * @throws ConfigurationError; KEEL_KUBECONFIG, KEEL_OPERATOR_CLUSTER, KEEL_OPERATOR_POINT; what made the start fail
 */
export async function runOperator(options: OperatorOptions): Promise<RunningOperator> {
  const { plugin, clock, random, log, environment, signal } = options;
  const connection = await connectionOf(options);
  const transport = httpTransport(connection, { clock, random: random.fork('transport'), environment, userAgent: `keelson-operator/${fieldManagerOf(plugin)}` });
  const tracing = createTracing({
    clock, environment, random: random.fork('tracing'), serviceName: `keelson-operator ${plugin.name}`,
    onError: (error) => log.warn('trace export failed', { error: error.message }),
  });
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined); // observed by whoever runs the operator, if anybody
  const host = hostOf(options, transport, tracing, fail);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= release(host, transport, tracing));
  const interrupted = (): void => void close();
  signal?.addEventListener('abort', interrupted, { once: true });
  try {
    signal?.throwIfAborted();
    host.configure();
    checkPoints(plugin, host);
    tellOfEmptyPoints(plugin, host, log);
    await hint(plugin, transport, { server: connection.server, log });
    signal?.throwIfAborted();
    await host.start();
    signal?.throwIfAborted();
  } catch (error) {
    await close();
    throw signal?.aborted === true ? (signal.reason as Error) : error;
  } finally {
    signal?.removeEventListener('abort', interrupted);
  }
  return { host, failed, close };
}

async function connectionOf({ kubeconfig, context, environment }: OperatorOptions): Promise<ConnectionConfig> {
  return kubeconfig === undefined ? inClusterConfig(environment) : (await loadKubeconfig(kubeconfig)).connection(context);
}

function hostOf({ plugin, config, clock, random, log }: OperatorOptions, transport: HttpTransport, tracing: Tracing, fail: (error: Error) => void): Host {
  return createHost({
    title: `operator ${plugin.name}`,
    plugins: [{ use: plugin, config }, { use: controllerRunner as Plugin, config: undefined }],
    provisions: [Clock.provide(clock), Random.provide(random), ApiTransports.provide({ forPlugin: () => transport })],
    services: ({ name }) => [Logger.provide(name === plugin.name ? log : log.child({ plugin: name })), Tracer.provide(tracing.tracer(name))],
    scoped: [scopedService(ApiClient, [ApiTransports], (owner, [transports]) => apiClient(transports.forPlugin(owner.name), { fieldManager: fieldManagerOf(owner), kinds: owner.crds ?? [] }))],
    establish: {
      from: [],
      run: (owner, _dependencies, signal) => establishKinds({ plugin: owner.name, kinds: owner.crds ?? [], api: apiClient(transport, { fieldManager: fieldManagerOf(owner) }), signal }),
    },
    log, clock,
    onAbort: (name, error) => fail(new Error(`plugin ${name} failed: ${error.message}`, { cause: error })),
  });
}

/** Outside of a cluster only controllers, and what a plugin does by itself, have an effect. */
function checkPoints(plugin: Plugin, host: Host): void {
  const fills = host.status().find(({ name }) => name === plugin.name)?.fills ?? [];
  if (fills.length === 0 || fills.includes(Controllers.key)) return;
  throw new KeelsonError('KEEL_OPERATOR_POINT', `${plugin.name} fills ${fills.join(', ')}, which works only inside a cluster's own process: put it into a distribution and run that`);
}

/** Points that other plugins fill in a cluster are empty out here, and a plugin may do something else without them. */
function tellOfEmptyPoints(plugin: Plugin, host: Host, log: Logger): void {
  const fills = host.status().find(({ name }) => name === plugin.name)?.fills ?? [];
  const empty = Object.values((plugin.requires ?? {}) as Readonly<Record<string, Requirement>>).flatMap(({ tokenKind, key }) => ((tokenKind === 'point' || tokenKind === 'live') && !fills.includes(key) ? [key] : []));
  if (empty.length > 0) log.warn(`${plugin.name} takes from points that only other plugins fill, and out here there are none: it works without; put it into a distribution together with them to have it whole`, { empty });
}

/** One message with everything that is missing: what a controller may not read it waits for, other calls would fail one by one. */
async function hint(plugin: Plugin, transport: HttpTransport, { server, log }: { readonly server: string; readonly log: Logger }): Promise<void> {
  let missing: readonly string[];
  try {
    missing = await missingPermissions(plugin, apiClient(transport));
  } catch (error) {
    throw new KeelsonError('KEEL_OPERATOR_CLUSTER', `the cluster at ${server} cannot be asked for permissions: ${(error as Error).message}; check the server's address and the credentials of the kubeconfig`, { cause: error });
  }
  if (missing.length === 0) return;
  log.warn(`the user of the kubeconfig may not do all that ${plugin.name} asks for; let an administrator bind it to a role with these rules`, { missing });
}

async function release(host: Host, transport: HttpTransport, tracing: Tracing): Promise<void> {
  await host.stop();
  transport.close();
  await tracing.close();
}
