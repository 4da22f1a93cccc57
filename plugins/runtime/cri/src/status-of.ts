import type { ContainerState, ContainerStatus, ImageStatus, SandboxStatus, UsageStats } from '@keelson/sdk/runtime';
import { Annotation } from './cri-config.ts';
import type { CriContainerState, CriContainerStatus, CriImage, CriSandbox, CriSandboxStatus, CriStats } from './rpc/cri-types.ts';

const states: Readonly<Record<CriContainerState, ContainerState>> = { CONTAINER_CREATED: 'created', CONTAINER_RUNNING: 'running', CONTAINER_EXITED: 'exited', CONTAINER_UNKNOWN: 'unknown' };

/** CRI's container status in the agent's terms. */
export function containerStatusOf(status: CriContainerStatus, sandboxId: string): ContainerStatus {
  const state = states[status.state];
  return {
    id: status.id,
    sandboxId,
    name: status.metadata.name,
    attempt: status.metadata.attempt,
    state,
    image: status.annotations[Annotation.image] ?? status.image?.image ?? '',
    imageId: status.imageRef,
    createdAt: milliseconds(status.createdAt),
    ...(status.startedAt > 0 ? { startedAt: milliseconds(status.startedAt) } : {}),
    ...(state === 'exited' ? { finishedAt: milliseconds(status.finishedAt), exitCode: status.exitCode } : {}),
    ...(status.reason === '' ? {} : { reason: status.reason }),
    ...(status.message === '' ? {} : { message: status.message }),
  };
}

/** CRI's sandbox in the agent's terms; a list does not tell addresses, a status does. */
export function sandboxStatusOf(sandbox: CriSandbox | CriSandboxStatus): SandboxStatus {
  const network = 'network' in sandbox ? sandbox.network : null;
  return {
    id: sandbox.id,
    podUid: sandbox.metadata.uid,
    attempt: sandbox.metadata.attempt,
    state: sandbox.state === 'SANDBOX_READY' ? 'ready' : 'not-ready',
    ips: network === null || network.ip === '' ? [] : [network.ip, ...network.additionalIps.map(({ ip }) => ip)],
    createdAt: milliseconds(sandbox.createdAt),
  };
}

/** CRI's image in the agent's terms. */
export function imageStatusOf({ id, repoTags, repoDigests, size, uid, username }: CriImage): ImageStatus {
  return { id, names: [...repoTags, ...repoDigests], sizeBytes: size, ...(uid === null ? {} : { uid: uid.value }), ...(username === '' ? {} : { username }) };
}

/** CRI's figures in the agent's terms; what was not measured is left out, or 0 where a figure is required. */
export function usageOf({ cpu, memory, writableLayer }: CriStats, now: number): UsageStats {
  return {
    at: cpu === null || cpu.timestamp === 0 ? now : milliseconds(cpu.timestamp),
    cpuNanos: cpu?.usageCoreNanoSeconds?.value ?? 0,
    memoryWorkingSetBytes: memory?.workingSetBytes?.value ?? 0,
    ...(memory?.rssBytes == null ? {} : { memoryRssBytes: memory.rssBytes.value }),
    ...(memory?.usageBytes == null ? {} : { memoryUsageBytes: memory.usageBytes.value }),
    ...(writableLayer?.usedBytes == null ? {} : { fsUsedBytes: writableLayer.usedBytes.value }),
    ...(writableLayer?.inodesUsed == null ? {} : { fsInodesUsed: writableLayer.inodesUsed.value }),
  };
}

function milliseconds(nanoseconds: number): number {
  return Math.floor(nanoseconds / 1e6);
}
