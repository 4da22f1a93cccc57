import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { KeelsonError, type Clock, type Logger, type Tracer } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { ContainerRuntime, RuntimeInfo, RuntimeNode } from '@keelson/sdk/runtime';
import { CniServer } from './cni/cni-server.ts';
import type { CniPlaces } from './cni/write-cni-config.ts';
import { CriClient } from './cri-client.ts';
import { CriRuntime } from './cri-runtime.ts';

/** What opening a node's runtime takes. */
export interface OpenOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly podNetwork: PodNetwork | undefined;
  readonly socket: string;
  readonly sandboxImage: string;
  readonly logRoot: string;
  readonly cgroupRoot: string;
  readonly relistMs: number;
  readonly connectMs: number;
  readonly cni: CniPlaces;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Connects to containerd for one node. Rejects with KEEL_CRI_UNREACHABLE when it does not answer in time. */
export async function openRuntime(options: OpenOptions, node: RuntimeNode): Promise<ContainerRuntime> {
  const { clock, log, tracer, socket, podNetwork, logRoot, cgroupRoot, relistMs } = options;
  const client = await CriClient.open(socket, clock);
  let network: CniServer | undefined;
  try {
    const info = await infoOf(client, options);
    network = podNetwork === undefined ? undefined : new CniServer(options.cni, podNetwork, node, log);
    await network?.start();
    if ((await client.imageStatus(options.sandboxImage)) === undefined) {
      log.warn('the image of sandboxes is not on this node; no pod can start before it is', { image: options.sandboxImage, remedy: 'keelson image import pause.tar' });
    }
    return new CriRuntime({ client, clock, log, tracer, info, logRoot, cgroupRoot, relistMs, network, nodeName: node.nodeName });
  } catch (error) {
    await network?.close();
    client.close();
    throw error;
  }
}

async function infoOf(client: CriClient, { socket, connectMs }: OpenOptions): Promise<RuntimeInfo> {
  const { runtimeName, runtimeVersion } = await client.version(connectMs).catch((error: unknown) => {
    throw new KeelsonError('KEEL_CRI_UNREACHABLE', `no container runtime answers at ${socket}: start containerd there, or configure another socket for @keelson/runtime-cri`, { cause: error });
  });
  return {
    name: runtimeName,
    version: runtimeVersion.replace(/^v/, ''),
    podAddresses: 'pod-range',
    mounts: true,
    machine: { kernelVersion: release(), osImage: await osImage(), architecture: architectures[arch()] ?? arch(), operatingSystem: platform() },
    capacity: { cpu: String(availableParallelism()), memory: `${Math.floor(totalmem() / 1024)}Ki` },
  };
}

async function osImage(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
}
