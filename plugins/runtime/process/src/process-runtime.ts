import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Random } from '@keelson/sdk';
import {
  RuntimeFault, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type ContainerStatus, type ExecRequest, type ImageStatus, type LogOptions,
  type LogSink, type RuntimeInfo, type SandboxConfig, type SandboxStatus,
} from '@keelson/sdk/runtime';
import { launch, type Exit } from './child-process.ts';
import { containerEnv } from './container-env.ts';
import { execProcess } from './exec-process.ts';
import { readLog } from './log-reader.ts';
import { LogWriter, type LogLimits } from './log-writer.ts';
import { statusOf, type ProcessContainer } from './process-container.ts';
import { identityOf, signalGroup } from './process-identity.ts';
import { RunRecords } from './run-records.ts';

export interface ProcessRuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute folder of this node: logs, working folders, run records. */
  readonly root: string;
  /** PATH of the processes. */
  readonly path: string;
  readonly logs: LogLimits;
  readonly machine: NonNullable<RuntimeInfo['machine']>;
  readonly capacity: Readonly<Record<string, string>>;
}

interface Sandbox {
  readonly config: SandboxConfig;
  readonly folder: string;
  status: SandboxStatus;
  readonly containers: Map<string, ProcessContainer>;
}

/** Runs containers as child processes: no isolation, but real programs, output, signals and exit codes. */
export class ProcessRuntime implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly #options: ProcessRuntimeOptions;
  readonly #records: RunRecords;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, ProcessContainer>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    this.#records = new RunRecords(join(options.root, 'run'));
    this.info = {
      name: 'process', version: '0.1.0', podAddresses: 'host',
      nodeLabels: { 'keelson.io/runtime': 'process' },
      machine: options.machine,
      capacity: options.capacity,
    };
  }

  /** Nothing is taken over: a process whose output went nowhere is ended, and its folder with it. */
  async recover(): Promise<{ sandboxes: readonly SandboxStatus[]; containers: readonly ContainerStatus[] }> {
    this.#records.killLeftovers();
    await rm(join(this.#options.root, 'pods'), { recursive: true, force: true });
    return { sandboxes: [], containers: [] };
  }

  async runSandbox(config: SandboxConfig): Promise<SandboxStatus> {
    const id = this.#newId();
    const folder = join(this.#options.root, 'pods', `${config.podNamespace}_${config.podName}_${config.podUid}`, String(config.attempt));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status: SandboxStatus = { id, podUid: config.podUid, attempt: config.attempt, state: 'ready', ips: [], createdAt: this.#options.clock.now() };
    this.#sandboxes.set(id, { config, folder, status, containers: new Map() });
    return status;
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    await Promise.all([...sandbox.containers.keys()].map((containerId) => this.stopContainer(containerId, 0)));
    sandbox.status = { ...sandbox.status, state: 'not-ready' };
  }

  async removeSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    await this.stopSandbox(id);
    for (const container of sandbox.containers.values()) this.#drop(container);
    this.#sandboxes.delete(id);
    await rm(sandbox.folder, { recursive: true, force: true });
  }

  /** Images are names only: there is nothing to pull, and nothing of them is used. */
  async imageStatus(image: string): Promise<ImageStatus> {
    return { id: image, names: [image], sizeBytes: 0 };
  }

  async pullImage(image: string): Promise<ImageStatus> {
    return this.imageStatus(image);
  }

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox?.status.state !== 'ready') throw new RuntimeFault('create', `sandbox ${sandboxId} is not ready`);
    this.#check(config);
    const id = this.#newId();
    const home = join(sandbox.folder, config.name, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const container: ProcessContainer = {
      id, sandboxId, config, home,
      log: new LogWriter(join(sandbox.folder, config.name, `${config.attempt}.log`), this.#options.clock, this.#options.logs),
      createdAt: this.#options.clock.now(),
      state: 'created',
      process: undefined, startedAt: undefined, finishedAt: undefined, exitCode: undefined, signal: undefined, kill: undefined,
    };
    sandbox.containers.set(id, container);
    this.#containers.set(id, container);
    return id;
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.state !== 'created') throw new RuntimeFault('start', `container ${id} cannot be started: it is ${container?.state ?? 'not there'}`);
    const [command = '', ...args] = [...container.config.command, ...container.config.args];
    const running = await launch({ command, args, cwd: container.config.workingDir ?? container.home, env: this.#env(container) }, container.log, this.#options.clock);
    const identity = identityOf(running.pid);
    if (identity !== undefined) this.#records.note(id, identity);
    container.process = running;
    container.state = 'running';
    container.startedAt = this.#options.clock.now();
    void running.exited.then((exit) => this.#exited(container, exit));
  }

  async stopContainer(id: string, graceMs: number): Promise<void> {
    const container = this.#containers.get(id);
    const running = container?.process;
    if (container?.state !== 'running' || running === undefined) return;
    const { clock } = this.#options;
    const at = clock.monotonic() + graceMs;
    if (container.kill === undefined && graceMs > 0) signalGroup(running.pid, 'SIGTERM');
    if (graceMs <= 0) {
      signalGroup(running.pid, 'SIGKILL');
    } else if (container.kill === undefined || at < container.kill.at) {
      container.kill?.timer.cancel();
      container.kill = { at, timer: clock.after(graceMs, () => signalGroup(running.pid, 'SIGKILL')) };
    }
    await running.exited;
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    await this.stopContainer(id, 0);
    this.#drop(container);
    await rm(container.log.path, { force: true });
  }

  containerStatus(id: string): ContainerStatus | undefined {
    const container = this.#containers.get(id);
    return container === undefined ? undefined : statusOf(container);
  }

  async readLog(containerId: string, options: LogOptions, sink: LogSink): Promise<void> {
    const container = this.#containers.get(containerId);
    if (container === undefined) throw new RuntimeFault('config', `container ${containerId} is not there`);
    await readLog(container.log, options, sink);
  }

  async exec(containerId: string, request: ExecRequest): Promise<number> {
    const container = this.#containers.get(containerId);
    if (container?.state !== 'running') throw new RuntimeFault('config', `container ${containerId} is not running`);
    return execProcess(request, container.config.workingDir ?? container.home, this.#env(container));
  }

  onEvent(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every process: nobody is left to look after them. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([...this.#containers.keys()].map((id) => this.stopContainer(id, 2000)));
  }

  #check({ name, command, args, workingDir }: ContainerConfig): void {
    if (command.length === 0) {
      const hint = args.length === 0 ? '' : '; args alone do not say which program';
      throw new RuntimeFault('config', `container "${name}" has no command: the process runtime does not use images, so their entrypoint is unknown${hint}; set spec.containers[].command`);
    }
    if (workingDir !== undefined && !existsSync(workingDir)) {
      throw new RuntimeFault('config', `working directory ${JSON.stringify(workingDir)} of container "${name}" does not exist on this machine: leave workingDir out or create it`);
    }
  }

  #env(container: ProcessContainer): Record<string, string> {
    const hostname = this.#sandboxes.get(container.sandboxId)?.config.hostname ?? '';
    return containerEnv(container.config, { path: this.#options.path, home: container.home, hostname });
  }

  #exited(container: ProcessContainer, { exitCode, signal }: Exit): void {
    container.kill?.timer.cancel();
    container.state = 'exited';
    container.finishedAt = this.#options.clock.now();
    container.exitCode = exitCode;
    container.signal = signal;
    this.#records.forget(container.id);
    const { sandboxId, id: containerId } = container;
    const podUid = this.#sandboxes.get(sandboxId)?.status.podUid ?? '';
    for (const listener of this.#listeners) listener({ type: 'exited', podUid, sandboxId, containerId });
  }

  #drop(container: ProcessContainer): void {
    container.log.close();
    this.#sandboxes.get(container.sandboxId)?.containers.delete(container.id);
    this.#containers.delete(container.id);
  }

  #newId(): string {
    return (this.#options.random.uuid() + this.#options.random.uuid()).replaceAll('-', '');
  }
}
