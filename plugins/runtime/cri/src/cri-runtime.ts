import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Logger, Tracer } from '@keelson/sdk';
import {
  RuntimeFault, type ByteStream, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type ContainerStatus, type ExecRequest, type ImageStatus,
  type LogOptions, type LogSink, type RuntimeInfo, type SandboxConfig, type SandboxStatus, type StreamRequest, type StreamTarget, type UsageStats,
} from '@keelson/sdk/runtime';
import { Attr, SpanName, withSpan } from '@keelson/telemetry';
import { Availability } from './availability.ts';
import { removeCgroup } from './cgroup-folders.ts';
import { Containers, type KnownContainer } from './containers.ts';
import type { CriClient } from './cri-client.ts';
import { criContainerConfig, criSandboxConfig, type PlacedSandbox } from './cri-config.ts';
import { execSync, withLimit } from './exec-sync.ts';
import { removeEmptyFolders, removeLogs } from './logs/log-files.ts';
import { readLog } from './logs/log-reader.ts';
import { Makings } from './makings.ts';
import { recoverPods } from './recover.ts';
import { faultOf, holderOfName, isUnavailable } from './rpc/rpc-error.ts';
import { imageStatusOf, sandboxStatusOf, usageOf } from './status-of.ts';
import { commandStream } from './streams/command-stream.ts';
import { listensOn } from './streams/listeners.ts';
import { portStream } from './streams/port-stream.ts';
import { watchEvents } from './watch-events.ts';

/** What the pod network has to know of a sandbox before it exists, and after. */
export interface SandboxNetwork {
  /** A sandbox for this pod is about to be made: its network calls belong to what is active now. */
  expect(podUid: string): void;
  settled(podUid: string): void;
  /** These sandboxes live; what is kept for others can go. */
  retain(sandboxIds: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

export interface CriRuntimeOptions {
  readonly client: CriClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly info: RuntimeInfo;
  readonly nodeName: string;
  /** Folder of pods' logs where the agent names none. */
  readonly logRoot: string;
  /** Cgroup of pods where the agent names none. */
  readonly cgroupRoot: string;
  readonly relistMs: number;
  readonly network?: SandboxNetwork | undefined;
}

/** Runs pods by CRI: sandboxes, containers and images are containerd's; this keeps their states at hand and words faults. */
export class CriRuntime implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly #options: CriRuntimeOptions;
  readonly #client: CriClient;
  readonly #known: Containers;
  readonly #closing = new AbortController();
  readonly #availability: Availability;
  readonly #makings = new Makings();
  #watching: Promise<void> = Promise.resolve();

  constructor(options: CriRuntimeOptions) {
    this.info = options.info;
    this.#options = options;
    this.#client = options.client;
    this.#availability = new Availability(options.clock);
    this.#known = new Containers(options.client, options.clock, options.log, this.#closing.signal);
  }

  /** Takes over all that containerd has of this node; nothing is restarted. */
  async recover(): Promise<{ readonly sandboxes: readonly SandboxStatus[]; readonly containers: readonly ContainerStatus[] }> {
    const { client, clock, log, nodeName, relistMs, network } = this.#options;
    await recoverPods(client, nodeName, this.#known);
    this.#watching = watchEvents({
      client, clock, log, relistMs,
      signal: this.#closing.signal,
      take: (event) => this.#known.observe(event),
      relist: () => this.#known.relist(),
      availability: this.#availability,
    });
    this.#watching.catch((error: unknown) => log.error('events of the container runtime are not followed any more', { error: String(error) }));
    await network?.retain(new Set(this.#known.sandboxes.keys())).catch((error: unknown) => log.warn('leftovers of the pod network could not be removed', { error: String(error) }));
    const sandboxes = [...this.#known.sandboxes.values()].map(({ status }) => status).sort((a, b) => a.attempt - b.attempt);
    return { sandboxes, containers: [...this.#known.containers.values()].map(({ status }) => status) };
  }

  async runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus> {
    const { logRoot, cgroupRoot, network, tracer } = this.#options;
    const placed: PlacedSandbox = {
      ...config,
      logDirectory: config.logDirectory ?? join(logRoot, `${config.podNamespace}_${config.podName}_${config.podUid}`),
      cgroupParent: config.cgroupParent ?? `${cgroupRoot}/pod${config.podUid}`,
    };
    const attributes = { [Attr.podName]: config.podName, [Attr.namespaceName]: config.podNamespace, [Attr.podUid]: config.podUid };
    return withSpan(tracer, SpanName.runSandbox, { attributes }, async (span) => {
      network?.expect(config.podUid);
      try {
        await mkdir(placed.logDirectory, { recursive: true, mode: 0o755 });
        const status = await this.#makings.unlessAborted(this.#runSandbox(placed), signal, ({ id }) => this.removeSandbox(id));
        span.setAttribute(Attr.containerId, status.id);
        return status;
      } finally {
        network?.settled(config.podUid);
      }
    }).catch(async (error: unknown) => {
      signal.throwIfAborted();
      if (![...this.#known.sandboxes.values()].some(({ config: { podUid } }) => podUid === config.podUid)) {
        await removeCgroup(placed.cgroupParent, this.#options.clock);
        await removeEmptyFolders(placed.logDirectory);
      }
      throw faultOf('sandbox', error);
    });
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#known.sandboxes.get(id);
    if (sandbox !== undefined) sandbox.stopping = true;
    const inside = this.#known.containersOf(id);
    for (const [, container] of inside) container.stopping = true;
    await this.#client.stopPodSandbox(id);
    await Promise.all(inside.filter(([, { status }]) => status.state === 'running').map(([containerId]) => this.#known.settle(containerId)));
    if (sandbox !== undefined) sandbox.status = { ...sandbox.status, state: 'not-ready' };
  }

  async removeSandbox(id: string): Promise<void> {
    const sandbox = this.#known.sandboxes.get(id);
    await this.stopSandbox(id);
    const inside = this.#known.containersOf(id);
    await this.#client.removePodSandbox(id);
    for (const [containerId, container] of inside) await this.#drop(containerId, container);
    this.#known.sandboxes.delete(id);
    if (sandbox === undefined) return;
    const others = [...this.#known.sandboxes.values()].some(({ config }) => config.cgroupParent === sandbox.config.cgroupParent);
    if (others) return;
    await removeCgroup(sandbox.config.cgroupParent, this.#options.clock);
    await removeEmptyFolders(sandbox.config.logDirectory);
  }

  async imageStatus(image: string): Promise<ImageStatus | undefined> {
    const found = await this.#client.imageStatus(image);
    return found === undefined ? undefined : imageStatusOf(found);
  }

  async pullImage(image: string, _sandboxId: string, signal: AbortSignal): Promise<ImageStatus> {
    try {
      const reference = await this.#client.pullImage(image, undefined, signal);
      const found = await this.#client.imageStatus(reference);
      if (found === undefined) throw new RuntimeFault('pull', `image ${JSON.stringify(image)} was pulled as ${reference} and is not there`);
      return imageStatusOf(found);
    } catch (error) {
      signal.throwIfAborted();
      throw faultOf('pull', error);
    }
  }

  async createContainer(sandboxId: string, config: ContainerConfig, signal: AbortSignal): Promise<string> {
    const sandbox = this.#known.sandboxes.get(sandboxId);
    if (sandbox?.status.state !== 'ready') throw new RuntimeFault('create', `sandbox ${sandboxId} is not ready`);
    const { nodeName } = this.#options;
    const namesGroupOnly = config.security?.runAsGroup !== undefined && config.security.runAsUser === undefined;
    const create = async (): Promise<string> => {
      const user = namesGroupOnly ? await this.#client.imageStatus(config.imageId) : undefined;
      const request = criContainerConfig(config, { sandbox: sandbox.config, nodeName, user });
      await mkdir(join(sandbox.config.logDirectory, dirname((request as { logPath: string }).logPath)), { recursive: true, mode: 0o755 });
      const ask = (): Promise<string> => this.#client.createContainer(sandboxId, request, criSandboxConfig(sandbox.config, nodeName));
      const id = await ask().catch(async (error: unknown) => {
        const holder = holderOfName(error);
        if (holder === undefined || this.#known.containers.has(holder)) throw error;
        await this.#client.removeContainer(holder);
        return ask();
      });
      const status = await this.#client.containerStatus(id);
      if (status === undefined) throw new RuntimeFault('create', `container ${id} was created and is not there`);
      this.#known.addContainer(status, sandboxId, sandbox.status.podUid);
      return id;
    };
    try {
      return await this.#makings.unlessAborted(create(), signal, (id) => this.removeContainer(id));
    } catch (error) {
      signal.throwIfAborted();
      throw faultOf('create', error);
    }
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const container = this.#known.containers.get(id);
    if (container?.status.state !== 'created') throw new RuntimeFault('start', `container ${id} cannot be started: it is ${container?.status.state ?? 'not there'}`);
    container.starting = true;
    try {
      await this.#client.startContainer(id).catch(async (error: unknown) => {
        // containerd went away with the answer: what it did shows when it is back.
        if (!isUnavailable(error)) throw error;
        await this.#known.refresh(id);
        if (container.status.state === 'created') throw error;
      });
      await this.#known.refresh(id);
      // An end that was seen meanwhile is told when the caller has its answer.
      queueMicrotask(() => this.#known.tellAfterStart(id));
    } catch (error) {
      // The caller words it; the runtime's own account of the end is no news.
      container.told = true;
      await this.#known.refresh(id).catch(() => undefined);
      container.starting = false;
      signal.throwIfAborted();
      throw faultOf('start', error);
    }
    signal.throwIfAborted();
  }

  async stopContainer(id: string, graceMs: number): Promise<void> {
    const container = this.#known.containers.get(id);
    if (container?.status.state !== 'running') return;
    container.stopping = true;
    await this.#client.stopContainer(id, Math.max(0, Math.ceil(graceMs / 1000)));
    await this.#known.settle(id);
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#known.containers.get(id);
    if (container === undefined) return;
    await this.stopContainer(id, 0);
    await this.#client.removeContainer(id);
    await this.#drop(id, container);
  }

  containerStatus(id: string): ContainerStatus | undefined {
    return this.#known.containers.get(id)?.status;
  }

  async readLog(containerId: string, options: LogOptions, sink: LogSink): Promise<void> {
    const container = this.#known.containers.get(containerId);
    if (container === undefined) throw new RuntimeFault('config', `container ${containerId} is not there`);
    const source = {
      path: container.logPath,
      ended: () => container.status.state === 'exited' || !this.#known.containers.has(containerId),
      onEnd: (listener: () => void) => {
        container.onEnd.add(listener);
        return () => container.onEnd.delete(listener);
      },
    };
    await readLog(source, options, sink);
  }

  async exec(containerId: string, request: ExecRequest): Promise<number> {
    this.#requireRunning(containerId);
    if (request.command.length === 0) throw new RuntimeFault('config', 'a command to run is required');
    if (request.timeoutMs !== undefined && request.stdin === undefined && request.tty !== true) return execSync(this.#client, containerId, request);
    const url = await this.#url(this.#client.execUrl({ containerId, cmd: request.command, ...streamsOf(request) }));
    const code = await withLimit(this.#options.clock, request, (limited) => commandStream(url, limited));
    if (code === undefined) throw new RuntimeFault('start', 'the container runtime went away before the command had ended');
    return code;
  }

  async attach(containerId: string, request: StreamRequest): Promise<void> {
    this.#requireRunning(containerId);
    const url = await this.#url(this.#client.attachUrl({ containerId, ...streamsOf(request) }));
    await commandStream(url, request);
  }

  async connect(sandboxId: string, port: number, signal: AbortSignal): Promise<ByteStream> {
    if (this.#known.sandboxes.get(sandboxId)?.status.state !== 'ready') throw new RuntimeFault('config', `sandbox ${sandboxId} is not ready`);
    const [url, pid] = await Promise.all([this.#url(this.#client.portForwardUrl(sandboxId, port)), this.#client.podSandboxPid(sandboxId)]);
    const listened = pid === undefined ? undefined : await listensOn(pid, port);
    return portStream(url, port, { clock: this.#options.clock, signal, listened });
  }

  streamUrl(target: StreamTarget): Promise<string> {
    switch (target.type) {
      case 'exec':
        this.#requireRunning(target.containerId);
        return this.#url(this.#client.execUrl({ containerId: target.containerId, cmd: target.command, ...target.streams }));
      case 'attach':
        this.#requireRunning(target.containerId);
        return this.#url(this.#client.attachUrl({ containerId: target.containerId, ...target.streams }));
      case 'port-forward':
        return this.#url(this.#client.portForwardUrl(target.sandboxId, ...target.ports));
    }
  }

  async stats(): Promise<ReadonlyMap<string, UsageStats>> {
    const now = this.#options.clock.now();
    const own = (await this.#client.listContainerStats()).filter(({ attributes }) => this.#known.containers.has(attributes.id));
    return new Map(own.map((stats) => [stats.attributes.id, usageOf(stats, now)]));
  }

  async listImages(): Promise<readonly ImageStatus[]> {
    return (await this.#client.listImages()).map(imageStatusOf);
  }

  async removeImage(id: string): Promise<void> {
    await this.#client.removeImage(id);
  }

  async reopenLog(containerId: string): Promise<void> {
    await this.#client.reopenContainerLog(containerId);
  }

  onEvent(listener: (event: ContainerEvent) => void): () => void {
    return this.#known.onEvent(listener);
  }

  fault(): string | undefined {
    return this.#availability.fault;
  }

  onFault(listener: () => void): () => void {
    return this.#availability.onChange(listener);
  }

  /** Containers go on running: the next agent takes them over. */
  async close(): Promise<void> {
    this.#known.forgetListeners();
    await this.#makings.settled();
    this.#closing.abort(new Error('the container runtime is closed'));
    await this.#watching.catch(() => undefined);
    this.#availability.close();
    await this.#options.network?.close();
    this.#client.close();
  }

  async #runSandbox(config: PlacedSandbox): Promise<SandboxStatus> {
    const { nodeName } = this.#options;
    const request = criSandboxConfig(config, nodeName);
    const id = await this.#client.runPodSandbox(request).catch(async (error: unknown) => {
      // An earlier try that broke off, or whose agent died, still holds the name.
      const holder = holderOfName(error);
      if (holder === undefined || this.#known.sandboxes.has(holder)) throw error;
      await this.#client.stopPodSandbox(holder);
      await this.#client.removePodSandbox(holder);
      return this.#client.runPodSandbox(request);
    });
    const status = sandboxStatusOf(await this.#client.podSandboxStatus(id));
    this.#known.sandboxes.set(id, { config, status, stopping: false });
    return status;
  }

  async #drop(id: string, container: KnownContainer): Promise<void> {
    this.#known.containers.delete(id);
    for (const listener of [...container.onEnd]) listener();
    await removeLogs(container.logPath);
  }

  #requireRunning(id: string): void {
    const state = this.#known.containers.get(id)?.status.state;
    if (state !== 'running') throw new RuntimeFault('config', `container ${id} is not running`);
  }

  #url(asked: Promise<string>): Promise<string> {
    return asked.catch((error: unknown) => {
      throw faultOf('start', error);
    });
  }
}

function streamsOf({ tty = false, stdin }: StreamRequest): object {
  return { tty, stdin: stdin !== undefined, stdout: true, stderr: !tty };
}
