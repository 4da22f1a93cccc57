import { join } from 'node:path';
import { apiClient } from '@keelson/client';
import { httpTransport, type ConnectionConfig, type HttpTransport } from '@keelson/client/http';
import { createHost, scopedService, type Host } from '@keelson/kernel/host';
import { fileKeyFolder } from '@keelson/kernel/apiserver/pki';
import { ApiClient, ApiTransports, Clock, KeelsonError, Logger, Random, Tracer } from '@keelson/sdk';
import { NodeServing } from '@keelson/sdk/auth';
import { SpanForwarder, createTracing, type Environment } from '@keelson/telemetry';
import { hostOptionsOf } from '../resolve.ts';
import { fieldManagerOf } from '../writer-name.ts';
import { openHealthServer } from './health-server.ts';
import { NodeCertificate } from './node-certificate.ts';
import type { NodeConfig } from './node-config.ts';
import { nodeDistribution } from './node-distribution.ts';
import { orderCertificate } from './order-certificate.ts';
import { spanSender } from './span-sender.ts';

/** A node and everything real that its agent needs. */
export interface NodeOptions {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For `OTEL_*` only. */
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** An agent that works. */
export interface RunningNode {
  readonly host: Pick<Host, 'status' | 'stray'>;
  /** Rejects if a plugin fails for good. */
  readonly failed: Promise<never>;
  /** Takes no more work, writes what is pending, closes; containers go on. Idempotent. */
  close(): Promise<void>;
}

/**
 * Joins the cluster and runs the node's plugins against its API server: runtime, volumes, network, proxy, DNS, ingress.
 * Errors: ConfigurationError, KEEL_NODE_JOIN, KEEL_NODE_CERTIFICATE, what made the start fail.
 */
export async function runNode(options: NodeOptions): Promise<RunningNode> {
  const { config, clock, random, log, environment, signal } = options;
  const closers: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closers));
  try {
    const distribution = await nodeDistribution(config);
    const client = await clientCertificate(options);
    closers.push(() => client.close());
    // Read anew at each call: a renewed certificate is used from then on.
    const connection: ConnectionConfig = {
      server: config.server, ca: config.authority,
      get cert() { return client.current?.certificate; },
      get key() { return client.current?.privateKey; },
    };
    const transport = httpTransport(connection, { clock, random: random.fork('transport'), userAgent: `keelson-node/${config.name}` });
    closers.push(() => transport.close());
    const sender = spanSender(connection, { 'service.name': 'keelson-node', 'host.name': config.name });
    const forwarder = new SpanForwarder({ clock, send: sender.send, onError: (error) => log.warn('spans could not be sent to the control plane', { error: error.message }) });
    const tracing = createTracing({
      clock, environment, random: random.fork('tracing'), serviceName: 'keelson-node',
      forward: (span) => forwarder.add(span),
      onError: (error) => log.warn('trace export failed', { error: error.message }),
    });
    closers.push(() => sender.close(), () => tracing.close(), () => forwarder.close());
    const serving = servingCertificate(options, transport);
    closers.push(() => serving.certificate.close());
    await serving.certificate.load();
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    failed.catch(() => undefined); // observed by whoever runs the node, if anybody
    const host = createHost({
      ...hostOptionsOf(distribution),
      provisions: [Clock.provide(clock), Random.provide(random), ApiTransports.provide({ forPlugin: () => transport }), NodeServing.provide(serving.view)],
      services: ({ name }) => [Logger.provide(log.child({ plugin: name })), Tracer.provide(tracing.tracer(name))],
      scoped: [scopedService(ApiClient, [ApiTransports], (plugin, [transports]) => apiClient(transports.forPlugin(plugin.name), { fieldManager: fieldManagerOf(plugin) }))],
      log, clock,
      onAbort: (name, error) => fail(new Error(`plugin ${name} failed: ${error.message}`, { cause: error })),
    });
    host.configure();
    if (config.healthPort !== 0) {
      const health = await openHealthServer(config.healthPort, () => problemsOf(host));
      closers.push(() => void health.close());
    }
    closers.push(async () => {
      await host.drain();
      await host.stop();
    });
    if (serving.certificate.current === undefined) obtainLater(serving.certificate, options);
    await host.start();
    signal.throwIfAborted();
    return { host, failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The node's identity: the stored one, or a new one by the bootstrap token. */
async function clientCertificate({ config, clock, random, log, signal }: NodeOptions): Promise<NodeCertificate> {
  const order = (api: ApiClient, abort: AbortSignal) => orderCertificate(api, { nodeName: config.name, use: 'client', hosts: [] }, abort);
  const withToken = async (abort: AbortSignal) => {
    if (config.bootstrapToken === undefined) throw new KeelsonError('KEEL_NODE_JOIN', `node ${config.name} has no valid certificate in ${config.dataDir} and no bootstrapToken: give it one (kubeadm's form, a secret of kube-system)`);
    const first = httpTransport({ server: config.server, ca: config.authority, token: config.bootstrapToken }, { clock, random: random.fork('bootstrap'), userAgent: `keelson-node/${config.name}` });
    try {
      return await order(apiClient(first), abort);
    } finally {
      first.close();
    }
  };
  const withOwn = async (abort: AbortSignal) => {
    const { certificate, privateKey } = own.current!;
    const transport = httpTransport({ server: config.server, ca: config.authority, cert: certificate, key: privateKey }, { clock, random: random.fork('renewal'), userAgent: `keelson-node/${config.name}` });
    try {
      return await order(apiClient(transport), abort);
    } finally {
      transport.close();
    }
  };
  const own: NodeCertificate = new NodeCertificate({
    folder: fileKeyFolder(join(config.dataDir, 'pki')), file: 'node-client', authority: config.authority, clock, random: random.fork('client certificate'), log,
    order: (abort) => (own.current === undefined ? withToken(abort) : withOwn(abort)),
  });
  if ((await own.load()) === undefined) await own.obtain(signal);
  return own;
}

function servingCertificate({ config, clock, random, log }: NodeOptions, transport: HttpTransport) {
  const listeners = new Set<() => void>();
  const api = apiClient(transport);
  const certificate = new NodeCertificate({
    folder: fileKeyFolder(join(config.dataDir, 'pki')), file: 'node-serving', authority: config.authority, clock, random: random.fork('serving certificate'), log,
    order: (abort) => orderCertificate(api, { nodeName: config.name, use: 'serving', hosts: [...config.addresses, config.name] }, abort),
    onChange: () => { for (const listener of listeners) listener(); },
  });
  const view: NodeServing = {
    clientAuthority: config.authority,
    current: () => certificate.current,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { certificate, view };
}

/** It is approved once the node is registered with its addresses, so nothing can wait for it before. */
function obtainLater(certificate: NodeCertificate, { clock, log, signal }: NodeOptions): void {
  certificate.obtain(signal).catch((error: unknown) => {
    if (signal.aborted) return;
    log.warn('the serving certificate could not be had, the next try is due soon', { error: String(error) });
    clock.after(10_000, () => obtainLater(certificate, { clock, log, signal } as NodeOptions));
  });
}

function problemsOf(host: Host): readonly string[] {
  return host.status().filter(({ state }) => state !== 'ready' && state !== 'disabled').map(({ name, state, lastError }) => `${name}: ${state}${lastError === undefined ? '' : `: ${lastError}`}`);
}

/** In reverse order; one that fails does not keep the others open. */
async function closeAll(closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
