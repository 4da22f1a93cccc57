import { join } from 'node:path';
import { apiClient } from '@keelson/client';
import type { Clock, Logger, Random } from '@keelson/sdk';
import { contextName, fileKeyFolder, openClusterPki, sendObject, writeKubeconfig, type ClusterPki, type NodeCredentials, type PathEndpoints } from '@keelson/kernel/apiserver';
import { createTracing, type Environment } from '@keelson/telemetry';
import type { Host } from '@keelson/kernel/host';
import type { ResolvedDistribution } from '../resolve.ts';
import { servingHosts } from './api-listener.ts';
import { administrator, startCluster, type Cluster } from './cluster.ts';
import { advertiseAddress, publishKubernetesService, restoreKubernetesService } from './kubernetes-service.ts';
import { withNodes, type NodeChoice } from './with-nodes.ts';
import { openStore, type StoreChoice } from './store-choice.ts';
import { openTraceHistory } from './trace-history.ts';
import { addTracePaths } from './trace-paths.ts';

/** What a cluster with a listener and a data directory needs; everything real comes from the caller. */
export interface BootOptions {
  readonly name: string;
  readonly distribution: ResolvedDistribution;
  /** Absolute; created when missing. Holds certificates and, for the embedded driver, the store. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly apiPort: number;
  readonly bindAddress: string;
  /** More addresses to listen at, named in the certificate; pods find the API server at the first of them. */
  readonly moreAddresses?: readonly string[] | undefined;
  /** File that the administrator's access is merged into. */
  readonly kubeconfig: string;
  /** Nodes that this process runs; absent: as the distribution configures the node agent. */
  readonly nodes?: number;
  readonly runtime?: NodeChoice['runtime'];
  readonly storage: StoreChoice['driver'];
  readonly storageEndpoints: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** When frames of a turn leave for HTTP watchers: `setImmediate`, handed in because it is an effect. */
  readonly schedule: (flush: () => void) => void;
  /** For `OTEL_*` only. */
  readonly environment: Environment;
  /** Ends a boot that is under way: what was started is stopped, and the boot rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Told the name of each step as it begins. */
  readonly onStep?: (step: string) => void;
}

/** A cluster that serves. */
export interface BootedCluster {
  /** `https://…` */
  readonly server: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly host: Host;
  readonly cluster: Cluster;
  /** Rejects if the cluster fails for good while it runs. */
  readonly failed: Promise<never>;
  /** Readiness off, watches ended, store flushed, everything released. */
  close(): Promise<void>;
}

const firstServiceAddress = '10.96.0.1';

/** Boots a cluster to readiness. Errors: `ConfigurationError`, `DataDirectoryError`, `KEEL_PORT_TAKEN`, … */
export async function bootCluster(options: BootOptions): Promise<BootedCluster> {
  const { name, clock, random, log, onStep = () => undefined } = options;
  const distribution = options.nodes === undefined ? options.distribution : await withNodes(options.distribution, { nodes: options.nodes, runtime: options.runtime ?? 'sim', dataDir: options.dataDir });
  const pki = openClusterPki(fileKeyFolder(join(options.dataDir, 'pki')), { clock, firstServiceAddress });
  const tracing = createTracing({
    clock, random: random.fork('tracing'), environment: options.environment, serviceName: 'keelson',
    onError: (error) => {
      log.warn('trace export failed', { error: error.message });
    },
  });
  const history = openTraceHistory(options.storage === 'memory' ? undefined : options.dataDir, tracing, { clock, log });
  onStep('Preparing certificates');
  // Keys are made in other threads and files synced while the plugins are wired.
  const client = pki.client('admin', { name: administrator.name, groups: ['system:masters'] });
  const serving = pki.serving(servingHosts(options.bindAddress, firstServiceAddress, options.moreAddresses));
  const key = pki.serviceAccountKey();
  const prepared = pki.saved();
  for (const early of [client, serving, key, prepared]) early.catch(() => undefined); // awaited below
  onStep(`Opening ${options.storage} storage and starting plugins`);
  const cluster: Cluster = await startCluster({
    distribution, clock, random, log, tracing, pki,
    prepared,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.moreAddresses === undefined ? {} : { nodeCredentials: () => nodeCredentials(pki) }),
    listen: { host: options.bindAddress, port: options.apiPort, more: options.moreAddresses },
    schedule: options.schedule,
    openStore: () => openStore(storeChoice(options), { clock, log }),
    paths: (paths) => {
      addTracePaths(paths, tracing, { history, kinds: () => cluster.server.context.registry.kinds() }, log);
      addPluginPath(paths, () => cluster);
    },
  });
  try {
    const url = cluster.url!;
    const port = Number(new URL(url).port);
    const admin = apiClient(cluster.transportFor(cluster.server.context.self));
    const service = { clusterIp: firstServiceAddress, address: options.moreAddresses?.[0] ?? advertiseAddress(options.bindAddress), port };
    await publishKubernetesService(admin, service);
    restoreKubernetesService(admin, service, (error) => {
      log.warn('service default/kubernetes could not be put back', { error: error.message });
    });
    onStep('Writing kubeconfig');
    await writeKubeconfig(options.kubeconfig, { name, server: url, authority: await pki.authority(), client: await client });
    return { server: url, kubeconfig: options.kubeconfig, context: contextName(name), host: cluster.host, cluster, failed: cluster.failed, close: () => cluster.close().finally(() => history.close()) };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** The certificate by which the agents of nodes know the API server; kubeadm's name for it. */
async function nodeCredentials(pki: ClusterPki): Promise<NodeCredentials> {
  const [{ certificate, privateKey }, authority] = await Promise.all([pki.client('kubelet-client', { name: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }), pki.authority()]);
  return { certificate, privateKey, authority };
}

function storeChoice(options: BootOptions): StoreChoice {
  switch (options.storage) {
    case 'memory':
      return { driver: 'memory' };
    case 'embedded':
      return { driver: 'embedded', directory: join(options.dataDir, 'store') };
    case 'etcd':
      return { driver: 'etcd', endpoints: options.storageEndpoints };
  }
}

/** What `keelson plugin list` and `keelson status` read. */
function addPluginPath(paths: PathEndpoints, cluster: () => Cluster): void {
  paths.set('/debug/keelson/plugins', ({ exchange }) => {
    sendObject(exchange, 200, { plugins: cluster().host.status() });
  });
}
