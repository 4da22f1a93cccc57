import type { Clock } from '@keelson/sdk';
import { Channel } from './rpc/channel.ts';
import { RpcError, isNotFound, isShimGone, isStarting, isUnavailable } from './rpc/rpc-error.ts';
import type { CriContainer, CriContainerStatus, CriImage, CriSandbox, CriSandboxStatus, CriStats, Words } from './rpc/cri-types.ts';

/** Upstream's limits for one call: two minutes, none for what takes as long as it takes. */
const usualMs = 120_000;
const quickMs = 10_000;

/** What happens to the processes of containerd, as it tells. */
export interface TaskEvent {
  readonly what: 'exit' | 'oom';
  /** Of a container or of a sandbox. */
  readonly id: string;
}

/** The calls of CRI v1 that are made here, and containerd's event stream. All reject with an `RpcError`. */
export class CriClient {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #closed = new AbortController();

  private constructor(channel: Channel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
  }

  /** Connects with the first call. */
  static async open(socket: string, clock: Clock): Promise<CriClient> {
    return new CriClient(await Channel.open(socket, clock), clock);
  }

  /** Waits until the other side answers; 0: as long as that takes. */
  version(timeoutMs: number, signal?: AbortSignal): Promise<{ readonly runtimeName: string; readonly runtimeVersion: string }> {
    return this.#runtime('Version', {}, timeoutMs, signal);
  }

  async runPodSandbox(config: object): Promise<string> {
    const { podSandboxId } = await this.#runtime<{ podSandboxId: string }>('RunPodSandbox', { config }, 2 * usualMs);
    return podSandboxId;
  }

  async stopPodSandbox(podSandboxId: string): Promise<void> {
    await ifThere(this.#runtime('StopPodSandbox', { podSandboxId }));
  }

  async removePodSandbox(podSandboxId: string): Promise<void> {
    await ifThere(this.#runtime('RemovePodSandbox', { podSandboxId }));
  }

  async podSandboxStatus(podSandboxId: string): Promise<CriSandboxStatus> {
    const { status } = await this.#runtime<{ status: CriSandboxStatus }>('PodSandboxStatus', { podSandboxId }, quickMs);
    return status;
  }

  /** Pid of a sandbox's first process; undefined where the runtime does not tell. */
  async podSandboxPid(podSandboxId: string): Promise<number | undefined> {
    const { info } = await this.#runtime<{ info: Words }>('PodSandboxStatus', { podSandboxId, verbose: true }, quickMs);
    const pid = /"pid":\s*(\d+)/.exec(info['info'] ?? '')?.[1];
    return pid === undefined || pid === '0' ? undefined : Number(pid);
  }

  async listPodSandboxes(labelSelector: Words): Promise<readonly CriSandbox[]> {
    const { items } = await this.#runtime<{ items: readonly CriSandbox[] }>('ListPodSandbox', { filter: { labelSelector } });
    return items;
  }

  async createContainer(podSandboxId: string, config: object, sandboxConfig: object): Promise<string> {
    const { containerId } = await this.#runtime<{ containerId: string }>('CreateContainer', { podSandboxId, config, sandboxConfig });
    return containerId;
  }

  async startContainer(containerId: string): Promise<void> {
    await this.#runtime('StartContainer', { containerId });
  }

  /** `timeout`: whole seconds until SIGKILL. */
  async stopContainer(containerId: string, timeout: number): Promise<void> {
    await ifThere(this.#runtime('StopContainer', { containerId, timeout }, 1000 * timeout + usualMs));
  }

  async removeContainer(containerId: string): Promise<void> {
    await ifThere(this.#runtime('RemoveContainer', { containerId }));
  }

  /** Undefined for an unknown container. */
  async containerStatus(containerId: string): Promise<CriContainerStatus | undefined> {
    const found = await ifThere(this.#runtime<{ status: CriContainerStatus }>('ContainerStatus', { containerId }, quickMs));
    return found?.status;
  }

  async listContainers(labelSelector: Words): Promise<readonly CriContainer[]> {
    const { containers } = await this.#runtime<{ containers: readonly CriContainer[] }>('ListContainers', { filter: { labelSelector } });
    return containers;
  }

  async reopenContainerLog(containerId: string): Promise<void> {
    await this.#runtime('ReopenContainerLog', { containerId });
  }

  /** `timeout`: whole seconds, 0 for none. */
  execSync(containerId: string, cmd: readonly string[], timeout: number, signal: AbortSignal | undefined): Promise<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array; readonly exitCode: number }> {
    return this.#runtime('ExecSync', { containerId, cmd, timeout }, timeout === 0 ? 0 : 1000 * timeout + quickMs, signal);
  }

  async execUrl(request: object): Promise<string> {
    return (await this.#runtime<{ url: string }>('Exec', request, quickMs)).url;
  }

  async attachUrl(request: object): Promise<string> {
    return (await this.#runtime<{ url: string }>('Attach', request, quickMs)).url;
  }

  async portForwardUrl(podSandboxId: string, ...port: readonly number[]): Promise<string> {
    return (await this.#runtime<{ url: string }>('PortForward', { podSandboxId, port }, quickMs)).url;
  }

  async listContainerStats(): Promise<readonly CriStats[]> {
    return (await this.#runtime<{ stats: readonly CriStats[] }>('ListContainerStats', {})).stats;
  }

  async listImages(): Promise<readonly CriImage[]> {
    return (await this.#image<{ images: readonly CriImage[] }>('ListImages', {})).images;
  }

  async imageStatus(image: string): Promise<CriImage | undefined> {
    return (await this.#image<{ image: CriImage | null }>('ImageStatus', { image: { image } })).image ?? undefined;
  }

  async pullImage(image: string, sandboxConfig: object | undefined, signal: AbortSignal): Promise<string> {
    return (await this.#image<{ imageRef: string }>('PullImage', { image: { image }, ...(sandboxConfig === undefined ? {} : { sandboxConfig }) }, 0, signal)).imageRef;
  }

  async removeImage(image: string): Promise<void> {
    await ifThere(this.#image('RemoveImage', { image: { image } }));
  }

  /** Ends of processes as containerd sees them; ends when containerd does. */
  async taskEvents(signal: AbortSignal, take: (event: TaskEvent) => void): Promise<void> {
    const method = { path: '/containerd.services.events.v1.Events/Subscribe', request: 'containerd.SubscribeRequest', response: 'containerd.Envelope' };
    const filters = ['namespace==k8s.io,topic=="/tasks/exit"', 'namespace==k8s.io,topic=="/tasks/oom"'];
    await this.#channel.stream<Envelope>(method, { filters }, signal, ({ topic, event }) => {
      if (event === null) return;
      if (topic === '/tasks/oom') return take({ what: 'oom', id: this.#channel.codec.decode<{ containerId: string }>('containerd.TaskOOM', event.value).containerId });
      const { containerId, id } = this.#channel.codec.decode<{ containerId: string; id: string }>('containerd.TaskExit', event.value);
      // A command that ran beside the container's first process has an id of its own.
      if (id === containerId) take({ what: 'exit', id });
    });
  }

  /** The same from CRI itself (`GetContainerEvents`), for other runtimes than containerd. */
  async containerEvents(signal: AbortSignal, take: (event: TaskEvent) => void): Promise<void> {
    const method = { path: '/runtime.v1.RuntimeService/GetContainerEvents', request: 'runtime.v1.GetEventsRequest', response: 'runtime.v1.ContainerEventResponse' };
    await this.#channel.stream<{ containerId: string; containerEventType: string }>(method, {}, signal, ({ containerId, containerEventType }) => {
      if (containerEventType === 'CONTAINER_STOPPED_EVENT') take({ what: 'exit', id: containerId });
    });
  }

  close(): void {
    this.#closed.abort(new Error('the connection to the container runtime is closed'));
    this.#channel.close();
  }

  #runtime<T>(method: string, request: object, timeoutMs = usualMs, signal?: AbortSignal): Promise<T> {
    return this.#call('RuntimeService', method, request, { timeoutMs, signal });
  }

  #image<T>(method: string, request: object, timeoutMs = usualMs, signal?: AbortSignal): Promise<T> {
    return this.#call('ImageService', method, request, { timeoutMs, signal });
  }

  /** Asks again after a restart of containerd or the end of a shim, where that cannot do a thing twice. */
  async #call<T>(service: string, method: string, request: object, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined }): Promise<T> {
    const names = { path: `/runtime.v1.${service}/${method}`, request: `runtime.v1.${method}Request`, response: `runtime.v1.${method}Response` };
    const begun = this.#clock.monotonic();
    for (;;) {
      const left = timeoutMs === 0 ? 0 : timeoutMs - (this.#clock.monotonic() - begun);
      try {
        return await this.#channel.unary<T>(names, request, { timeoutMs: timeoutMs === 0 ? 0 : Math.max(1, left), signal });
      } catch (error) {
        const notDone = isStarting(error) || ((isUnavailable(error) || isShimGone(error)) && repeatable.has(method));
        if (!notDone || this.#closed.signal.aborted || (timeoutMs > 0 && left <= againMs)) throw error;
        await this.#clock.sleep(againMs, signal ?? this.#closed.signal);
      }
    }
  }
}

/** Between two tries of a call while containerd starts, milliseconds. */
const againMs = 50;
/** Calls that may be made twice. */
const repeatable: ReadonlySet<string> = new Set([
  'Version', 'StopPodSandbox', 'RemovePodSandbox', 'PodSandboxStatus', 'ListPodSandbox', 'StopContainer', 'RemoveContainer', 'ListContainers', 'ContainerStatus',
  'ListContainerStats', 'ListImages', 'ImageStatus', 'RemoveImage', 'Exec', 'Attach', 'PortForward',
]);

interface Envelope {
  readonly topic: string;
  readonly event: { readonly value: Uint8Array } | null;
}

/** Undefined for what containerd does not know: it is as gone as it can be. */
async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    // 1.6 answers some calls about a missing container without the code for it.
    if (isNotFound(error) || (error instanceof RpcError && /: not found$/.test(error.details))) return undefined;
    throw error;
  }
}
