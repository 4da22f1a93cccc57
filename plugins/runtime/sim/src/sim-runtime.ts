import type { Pod, Probe } from '@keelson/api/core/v1';
import type { Clock, Random } from '@keelson/sdk';
import {
  RuntimeFault, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type ContainerStatus, type ImageStatus, type LogOptions, type LogSink,
  type ProbeOutcome, type RuntimeInfo, type SandboxConfig, type SandboxStatus,
} from '@keelson/sdk/runtime';
import { AddressPool } from './address-pool.ts';
import { behaviourOf, pullDelayOf, pullFailureOf, type BehaviourDefaults } from './behaviour.ts';
import { probeOutcome } from './probe-outcome.ts';
import { recoverPod } from './recover-pod.ts';
import { newContainer, statusOf, type SimContainer } from './sim-container.ts';
import type { SimImages } from './sim-images.ts';
import { linesOf, renderLog } from './sim-log.ts';
import type { SimSandbox } from './sim-sandbox.ts';

export interface SimRuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly images: SimImages;
  readonly podCidr: string;
  readonly hostIp: string;
  readonly defaults: BehaviourDefaults & { readonly pullMs: number };
  /** Each delay is stretched by up to this share, by chance. */
  readonly jitter: number;
}

/** SIGTERM and SIGKILL as exit codes have them. */
const killed = { exitCode: 137, signal: 9 };

/** Plays containers on one simulated node: state and timers, no processes, files or sockets. */
export class SimRuntime implements ContainerRuntime {
  readonly info: RuntimeInfo = {
    name: 'sim', version: '0.1.0', podAddresses: 'pod-range',
    nodeLabels: { 'keelson.io/runtime': 'sim' },
    machine: { kernelVersion: 'simulated', osImage: 'simulated (no containers run)', architecture: 'amd64', operatingSystem: 'linux' },
  };
  readonly #options: SimRuntimeOptions;
  readonly #addresses: AddressPool;
  readonly #sandboxes = new Map<string, SimSandbox>();
  readonly #containers = new Map<string, SimContainer>();
  readonly #pulled = new Set<string>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();

  constructor(options: SimRuntimeOptions) {
    this.#options = options;
    this.#addresses = new AddressPool(options.podCidr);
  }

  /** The simulation outlives the agent, as containerd does: what the API server saw running still runs. */
  async recover(expected: readonly Pod[]): Promise<{ sandboxes: readonly SandboxStatus[]; containers: readonly ContainerStatus[] }> {
    for (const pod of expected) {
      const recovered = recoverPod(pod, this.#newId(), this.#options.defaults);
      if (recovered === undefined) continue;
      for (const ip of recovered.status.ips) this.#addresses.claim(ip);
      this.#sandboxes.set(recovered.status.id, recovered);
      for (const container of recovered.containers.values()) {
        this.#containers.set(container.id, container);
        this.#pulled.add(container.image);
        if (container.state === 'running') this.#planExit(container);
      }
    }
    return { sandboxes: [...this.#sandboxes.values()].map(({ status }) => status), containers: [...this.#containers.values()].map(statusOf) };
  }

  async runSandbox(config: SandboxConfig): Promise<SandboxStatus> {
    const ip = config.hostNetwork ? this.#options.hostIp : this.#addresses.take();
    const status: SandboxStatus = {
      id: this.#newId(), podUid: config.podUid, attempt: config.attempt, state: 'ready', ips: [ip], createdAt: this.#options.clock.now(),
    };
    this.#sandboxes.set(status.id, { config, status, containers: new Map() });
    return status;
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined || sandbox.status.state === 'not-ready') return;
    for (const container of sandbox.containers.values()) if (container.state === 'running') this.#exit(container, killed);
    for (const ip of sandbox.status.ips) this.#addresses.release(ip);
    sandbox.status = { ...sandbox.status, state: 'not-ready', ips: [] };
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id);
    for (const containerId of this.#sandboxes.get(id)?.containers.keys() ?? []) this.#containers.delete(containerId);
    this.#sandboxes.delete(id);
  }

  async imageStatus(image: string): Promise<ImageStatus | undefined> {
    return this.#pulled.has(image) ? this.#options.images.of(image) : undefined;
  }

  async pullImage(image: string, sandboxId: string, signal: AbortSignal): Promise<ImageStatus> {
    const { config } = this.#sandbox(sandboxId, 'pull');
    await this.#delay(pullDelayOf(config, this.#options.defaults.pullMs), signal);
    const failure = pullFailureOf(image, config);
    if (failure !== undefined) throw new RuntimeFault('pull', failure);
    this.#pulled.add(image);
    return this.#options.images.of(image);
  }

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandbox(sandboxId, 'create');
    const container = newContainer(this.#newId(), sandboxId, config, behaviourOf(config, sandbox.config, this.#options.defaults), this.#options.clock.now());
    sandbox.containers.set(container.id, container);
    this.#containers.set(container.id, container);
    return container.id;
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.state !== 'created') throw new RuntimeFault('start', `container ${id} cannot be started: it is ${container?.state ?? 'not there'}`);
    await this.#delay(container.behaviour.startMs, signal);
    container.state = 'running';
    container.startedAt = this.#options.clock.now();
    this.#planExit(container);
  }

  async stopContainer(id: string, graceMs: number): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.state !== 'running') return;
    const wait = this.#stretched(container.behaviour.stopMs);
    const late = wait > graceMs;
    const end = (): void => this.#exit(container, late ? killed : { exitCode: 0, signal: undefined });
    const ms = late ? graceMs : wait;
    if (ms <= 0) return end();
    container.timer?.cancel();
    container.timer = this.#options.clock.after(ms, end);
    await new Promise<void>((resolve) => container.onExit.add(resolve));
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    if (container.state === 'running') this.#exit(container, killed);
    this.#sandboxes.get(container.sandboxId)?.containers.delete(id);
    this.#containers.delete(id);
  }

  containerStatus(id: string): ContainerStatus | undefined {
    const container = this.#containers.get(id);
    return container === undefined ? undefined : statusOf(container);
  }

  async readLog(containerId: string, options: LogOptions, sink: LogSink): Promise<void> {
    const container = this.#containers.get(containerId);
    if (container === undefined) throw new RuntimeFault('config', `container ${containerId} is not there`);
    options.signal?.throwIfAborted();
    const limit = options.limitBytes ?? Infinity;
    const before = linesOf(container);
    const text = renderLog(before, options);
    if (text !== '') await sink(text.slice(0, limit));
    if (options.follow !== true || container.state === 'exited' || text.length >= limit) return;
    await this.#ended(container, options.signal);
    const rest = renderLog(linesOf(container).slice(before.length), { ...options, tailLines: undefined });
    if (rest !== '') await sink(rest.slice(0, limit - text.length));
  }

  async probe(containerId: string, type: 'startup' | 'liveness' | 'readiness', _probe: Probe): Promise<ProbeOutcome> {
    return probeOutcome(this.#containers.get(containerId), type, this.#options.clock.now());
  }

  onEvent(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    for (const container of this.#containers.values()) container.timer?.cancel();
    this.#listeners.clear();
  }

  #sandbox(id: string, kind: 'pull' | 'create'): SimSandbox {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox?.status.state !== 'ready') throw new RuntimeFault(kind, `sandbox ${id} is not ready`);
    return sandbox;
  }

  #planExit(container: SimContainer): void {
    const { exitAfterMs, exitCode } = container.behaviour;
    if (exitAfterMs === undefined) return;
    const { clock } = this.#options;
    const left = (container.startedAt ?? clock.now()) + this.#stretched(exitAfterMs) - clock.now();
    container.timer = clock.after(Math.max(0, left), () => this.#exit(container, { exitCode, signal: undefined }));
  }

  #exit(container: SimContainer, { exitCode, signal }: { exitCode: number; signal: number | undefined }): void {
    if (container.state !== 'running') return;
    container.timer?.cancel();
    container.timer = undefined;
    container.state = 'exited';
    container.finishedAt = this.#options.clock.now();
    container.exitCode = exitCode;
    container.signal = signal;
    for (const resolve of container.onExit) resolve();
    container.onExit.clear();
    const { sandboxId, id: containerId } = container;
    const podUid = this.#sandboxes.get(sandboxId)?.status.podUid ?? '';
    for (const listener of this.#listeners) listener({ type: 'exited', podUid, sandboxId, containerId });
  }

  #ended(container: SimContainer, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        container.onExit.delete(ended);
        reject(signal!.reason as Error);
      };
      const ended = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      container.onExit.add(ended);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  /** No delay is no timer: a pod without delays starts within one turn. */
  async #delay(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (ms > 0) await this.#options.clock.sleep(this.#stretched(ms), signal);
  }

  #stretched(ms: number): number {
    const { jitter, random } = this.#options;
    return jitter === 0 || ms === 0 ? ms : ms * (1 + jitter * random.next());
  }

  /** 64 hexadecimal digits, as container ids are. */
  #newId(): string {
    return (this.#options.random.uuid() + this.#options.random.uuid()).replaceAll('-', '');
  }
}
