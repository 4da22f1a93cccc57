import type { Clock, Logger } from '@keelson/sdk';
import type { ContainerEvent, ContainerStatus, SandboxStatus } from '@keelson/sdk/runtime';
import type { CriClient, TaskEvent } from './cri-client.ts';
import type { PlacedSandbox } from './cri-config.ts';
import type { CriContainerStatus } from './rpc/cri-types.ts';
import { containerStatusOf } from './status-of.ts';

/** One sandbox as this agent knows it. */
export interface KnownSandbox {
  readonly config: PlacedSandbox;
  status: SandboxStatus;
  /** Its end is this agent's will, not news. */
  stopping: boolean;
}

/** One container as this agent knows it. */
export interface KnownContainer {
  readonly podUid: string;
  /** Absolute. */
  readonly logPath: string;
  status: ContainerStatus;
  /** Its end was told, or is none to tell. */
  told: boolean;
  /** A call to start it is under way: its end is told after the answer. */
  starting: boolean;
  /** The agent asked for its end. */
  stopping: boolean;
  outOfMemory: boolean;
  readonly onEnd: Set<() => void>;
}

/** containerd tells of an end a little before its own status says so; looked at again after each of these, milliseconds. */
const settleMs = [0, 3, 5, 10, 20, 40, 80, 160, 320, 640, 1000, 2000, 4000];
/** How long after a SIGKILL from nowhere its cause, memory, may still be told. */
const memoryWordMs = 60;

/** What the runtime has at hand of its sandboxes and containers, kept true by containerd's events. */
export class Containers {
  readonly sandboxes = new Map<string, KnownSandbox>();
  readonly containers = new Map<string, KnownContainer>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  readonly #settling = new Map<string, Promise<void>>();

  constructor(
    private readonly client: CriClient,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly closed: AbortSignal,
  ) {}

  onEvent(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forgetListeners(): void {
    this.#listeners.clear();
  }

  addContainer(status: CriContainerStatus, sandboxId: string, podUid: string): KnownContainer {
    const known: KnownContainer = {
      podUid,
      logPath: status.logPath,
      status: containerStatusOf(status, sandboxId),
      told: status.state === 'CONTAINER_EXITED',
      starting: false,
      stopping: false,
      outOfMemory: false,
      onEnd: new Set(),
    };
    this.containers.set(status.id, known);
    return known;
  }

  containersOf(sandboxId: string): readonly [string, KnownContainer][] {
    return [...this.containers].filter(([, { status }]) => status.sandboxId === sandboxId);
  }

  /** One of containerd's events. */
  observe({ what, id }: TaskEvent): void {
    const container = this.containers.get(id);
    if (what === 'oom') {
      if (container !== undefined) container.outOfMemory = true;
      return;
    }
    if (container !== undefined) this.#inBackground(this.settle(id));
    else this.#sandboxEnded(id);
  }

  /** Compares with what containerd has now: after a time without its events. */
  async relist(): Promise<void> {
    const running = [...this.containers].filter(([, { status }]) => status.state === 'running').map(([id]) => id);
    const ready = [...this.sandboxes].filter(([, { status, stopping }]) => status.state === 'ready' && !stopping).map(([id]) => id);
    if (running.length + ready.length === 0) return;
    const [containers, sandboxes] = await Promise.all([this.client.listContainers({}), this.client.listPodSandboxes({})]);
    const alive = new Set(containers.filter(({ state }) => state === 'CONTAINER_RUNNING').map(({ id }) => id));
    const there = new Set(sandboxes.filter(({ state }) => state === 'SANDBOX_READY').map(({ id }) => id));
    await Promise.all(running.filter((id) => !alive.has(id)).map((id) => this.settle(id)));
    for (const id of ready) if (!there.has(id)) this.#sandboxEnded(id);
  }

  /** Takes over from containerd that a container has ended, and tells so once. */
  settle(id: string): Promise<void> {
    const under = this.#settling.get(id);
    if (under !== undefined) return under;
    const settling = this.#settle(id).finally(() => this.#settling.delete(id));
    this.#settling.set(id, settling);
    return settling;
  }

  /** Reads a container's status anew, and tells of its end if it has ended. */
  async refresh(id: string): Promise<void> {
    const container = this.containers.get(id);
    const status = await this.client.containerStatus(id);
    if (container === undefined || status === undefined) return;
    if (status.state === 'CONTAINER_EXITED') await this.#ended(id, container, status);
    else if (container.status.state !== 'exited') container.status = containerStatusOf(status, container.status.sandboxId);
  }

  /** Tells what was held back while the container was being started. */
  tellAfterStart(id: string): void {
    const container = this.containers.get(id);
    if (container === undefined) return;
    container.starting = false;
    if (container.status.state === 'exited') this.#tell(id, container);
  }

  async #settle(id: string): Promise<void> {
    for (const wait of settleMs) {
      if (wait > 0) await this.clock.sleep(wait, this.closed);
      const container = this.containers.get(id);
      if (container === undefined || container.status.state === 'exited') return;
      const status = await this.client.containerStatus(id);
      if (status === undefined) return this.#vanished(id, container);
      if (status.state === 'CONTAINER_EXITED') return this.#ended(id, container, status);
      // After a restart containerd may not know what became of its process; a stop makes it decide.
      if (status.state === 'CONTAINER_UNKNOWN') await this.client.stopContainer(id, 0);
    }
    this.log.warn('containerd told of the end of a container and does not show it', { container: id });
  }

  async #ended(id: string, container: KnownContainer, first: CriContainerStatus): Promise<void> {
    if (container.status.state === 'exited') return;
    let status = first;
    if (first.exitCode === 137 && first.reason !== 'OOMKilled' && !container.stopping && !container.outOfMemory) {
      await this.clock.sleep(memoryWordMs, this.closed);
      status = (await this.client.containerStatus(id)) ?? first;
      // Somebody else came first while this one waited.
      if (this.containers.get(id)?.status.state === 'exited') return;
    }
    const ended = containerStatusOf(status, container.status.sandboxId);
    container.status = container.outOfMemory && ended.exitCode === 137 ? { ...ended, reason: 'OOMKilled' } : ended;
    this.#tell(id, container);
  }

  /** Somebody removed it behind this agent's back. */
  #vanished(id: string, container: KnownContainer): void {
    container.status = { ...container.status, state: 'exited', finishedAt: this.clock.now(), exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated' };
    this.#tell(id, container);
  }

  #tell(containerId: string, container: KnownContainer): void {
    for (const listener of [...container.onEnd]) listener();
    container.onEnd.clear();
    if (container.told || container.starting) return;
    container.told = true;
    this.#emit({ type: 'exited', podUid: container.podUid, sandboxId: container.status.sandboxId, containerId });
  }

  #sandboxEnded(id: string): void {
    const sandbox = this.sandboxes.get(id);
    if (sandbox === undefined || sandbox.stopping || sandbox.status.state !== 'ready') return;
    sandbox.status = { ...sandbox.status, state: 'not-ready' };
    this.#emit({ type: 'sandbox-lost', podUid: sandbox.status.podUid, sandboxId: id });
  }

  #emit(event: ContainerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.closed.aborted) this.log.warn('status of a container could not be read', { error: String(error) });
    });
  }
}

