import type { Pod, Probe } from '@keelson/api/core/v1';

/** What a runtime says about itself; ends up in the Node object. */
export interface RuntimeInfo {
  /** Scheme of container ids and of `status.nodeInfo.containerRuntimeVersion` (`containerd://1.6.20`). */
  readonly name: string;
  readonly version: string;
  /** Labels for the nodes it runs. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  /** Addresses of pods: from the node's pod range, or the host's own (processes on the host's network). */
  readonly podAddresses: 'pod-range' | 'host';
  /** Names of machine and kernel for `status.nodeInfo`; the agent's own where left out. */
  readonly machine?: { readonly kernelVersion?: string; readonly osImage?: string; readonly architecture?: string; readonly operatingSystem?: string };
  /**
   * Containers see folders of this machine: the agent then makes volumes, `/etc/hosts`, log folders and cgroups and fills
   * the fields of the configurations that name them. Absent: the agent writes nothing to disk.
   */
  readonly mounts?: boolean;
  /** What the node has for pods (`cpu`, `memory`…), unless the agent's configuration says otherwise. */
  readonly capacity?: Readonly<Record<string, string>>;
}

/** The pod-level environment of containers: network identity, cgroup parent, log folder. One per pod at a time. */
export interface SandboxConfig {
  readonly podUid: string;
  readonly podName: string;
  readonly podNamespace: string;
  /** 0 for the first sandbox of the pod. */
  readonly attempt: number;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  /** `resolv.conf` of the pod; absent: the runtime's own choice. */
  readonly dns?: DnsConfig;
  /** Ports of the host that lead into the pod. */
  readonly portMappings?: readonly PortMapping[];
  /** Folder for the containers' logs, made by the agent; a runtime with logs of its own ignores it. */
  readonly logDirectory?: string;
  /** Cgroup below which the pod's containers go, made by the agent. */
  readonly cgroupParent?: string;
  readonly hostPid?: boolean;
  readonly hostIpc?: boolean;
  /** Containers see each other's processes. */
  readonly shareProcesses?: boolean;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly security?: SecurityConfig;
}

/** The parts of a pod's `resolv.conf`. */
export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`. */
  readonly options: readonly string[];
}

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp?: string;
}

/** Privileges of a sandbox or a container, resolved from both security contexts of the spec. */
export interface SecurityConfig {
  readonly privileged?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly readOnlyRootFilesystem?: boolean;
  readonly noNewPrivileges?: boolean;
  readonly addCapabilities?: readonly string[];
  readonly dropCapabilities?: readonly string[];
  /** `profile` only with `localhost`. */
  readonly seccomp?: { readonly type: 'runtime-default' | 'unconfined' | 'localhost'; readonly profile?: string };
  readonly maskedPaths?: 'default' | 'unmasked';
}

/** A folder or file of the host inside a container. */
export interface MountConfig {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly propagation: 'private' | 'host-to-container' | 'bidirectional';
}

/** Limits in the kernel's own terms; absent: none. */
export interface ResourceConfig {
  readonly cpuShares?: number;
  /** Microseconds per `cpuPeriod`. */
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
  readonly memoryLimitBytes?: number;
  readonly oomScoreAdj?: number;
}

export interface SandboxStatus {
  readonly id: string;
  readonly podUid: string;
  readonly attempt: number;
  readonly state: 'ready' | 'not-ready';
  /** Empty for pods on the host's network. */
  readonly ips: readonly string[];
  /** Wall time, milliseconds. */
  readonly createdAt: number;
}

/** One container, fully resolved: the runtime looks nothing up. */
export interface ContainerConfig {
  readonly name: string;
  /** `init` is expected to end by itself, the others to run. */
  readonly role: 'init' | 'sidecar' | 'app';
  /** 0 for the first; becomes `restartCount`. */
  readonly attempt: number;
  readonly image: string;
  /** What `imageStatus` or `pullImage` returned. */
  readonly imageId: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Standard input ends for good when the first that attaches goes away. */
  readonly stdinOnce?: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mounts?: readonly MountConfig[];
  readonly resources?: ResourceConfig;
  readonly security?: SecurityConfig;
  /** Relative to the sandbox's `logDirectory`. */
  readonly logPath?: string;
  /** Container whose process namespace it joins (`kubectl debug --target`). */
  readonly processesOf?: string;
}

export type ContainerState = 'created' | 'running' | 'exited' | 'unknown';

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: ContainerState;
  readonly image: string;
  readonly imageId: string;
  /** Wall times, milliseconds. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  /** Number of the signal that ended it. */
  readonly signal?: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`…; absent: the agent words it from the exit code. */
  readonly reason?: string;
  readonly message?: string;
}

export interface ImageStatus {
  readonly id: string;
  readonly names: readonly string[];
  readonly sizeBytes: number;
  /** User that it runs as unless the pod says otherwise: by number, or by name where the image has a name. Both absent: root. */
  readonly uid?: number;
  readonly username?: string;
}

/** Something happened to a container without the agent asking. Delivered in order; the agent then reads the status. */
export interface ContainerEvent {
  readonly type: 'exited' | 'sandbox-lost';
  readonly podUid: string;
  readonly sandboxId: string;
  readonly containerId?: string;
}

/** How much of a log to give. */
export interface LogOptions {
  readonly follow?: boolean | undefined;
  readonly tailLines?: number | undefined;
  /** Wall time, milliseconds: only lines from then on. */
  readonly sinceTime?: number | undefined;
  readonly timestamps?: boolean | undefined;
  readonly limitBytes?: number | undefined;
  readonly stream?: 'All' | 'Stdout' | 'Stderr' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes a piece of log (UTF-8 text, whole lines except a last partial one). A returned promise is waited for before more comes. */
export type LogSink = (chunk: string) => Promise<void> | void;

/** The streams of a command or of a container's first process. */
export interface StreamRequest {
  readonly tty?: boolean;
  /** Its end is the end of standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly onStdout: (chunk: Uint8Array) => Promise<void> | void;
  readonly onStderr: (chunk: Uint8Array) => Promise<void> | void;
  /** Sizes of the client's terminal, as they change. */
  readonly resize?: AsyncIterable<TerminalSize>;
  readonly signal?: AbortSignal;
}

/** What a client's streams are to be joined with. */
export type StreamTarget =
  | { readonly type: 'exec'; readonly containerId: string; readonly command: readonly string[]; readonly streams: StreamChoice }
  | { readonly type: 'attach'; readonly containerId: string; readonly streams: StreamChoice }
  | { readonly type: 'port-forward'; readonly sandboxId: string; readonly ports: readonly number[] };

/** Which streams a client asked for. */
export interface StreamChoice {
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** Never with a terminal. */
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

export interface ExecRequest extends StreamRequest {
  readonly command: readonly string[];
  /** Milliseconds after which the command is ended and the call rejects with a `RuntimeFault`. */
  readonly timeoutMs?: number;
}

/** What a container, or a whole sandbox, uses now. */
export interface UsageStats {
  /** Wall time of the measurement, milliseconds. */
  readonly at: number;
  readonly cpuNanos: number;
  readonly memoryWorkingSetBytes: number;
  readonly memoryRssBytes?: number;
  readonly memoryUsageBytes?: number;
  readonly fsUsedBytes?: number;
  readonly fsInodesUsed?: number;
}

/** Both ways of one forwarded connection. */
export interface ByteStream {
  /** Ends when the other side sends no more. */
  readonly readable: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  /** Sends no more; reading goes on. */
  end(): void;
  /** Breaks the connection off. */
  destroy(error?: Error): void;
}

export type ProbeOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * Runs containers on one node. Shaped after CRI so that a client of containerd is a thin adapter: sandboxes hold
 * containers, every operation is idempotent on its id, failures reject with a `RuntimeFault`. Nothing is polled: what
 * happens by itself arrives through `onEvent`.
 */
export interface ContainerRuntime {
  readonly info: RuntimeInfo;
  /**
   * What still runs from before the agent started. `expected` are the pods that the API server has on this node: a
   * runtime with a store of its own ignores them. Called once, before anything else.
   */
  recover(expected: readonly Pod[]): Promise<{ readonly sandboxes: readonly SandboxStatus[]; readonly containers: readonly ContainerStatus[] }>;

  runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus>;
  /** Ends everything in it at once; resolves also for an unknown id. */
  stopSandbox(id: string): Promise<void>;
  /** Removes a stopped sandbox with its containers and their logs; resolves also for an unknown id. */
  removeSandbox(id: string): Promise<void>;

  /** Undefined: not on this node, pull it first. */
  imageStatus(image: string): Promise<ImageStatus | undefined>;
  pullImage(image: string, sandboxId: string, signal: AbortSignal): Promise<ImageStatus>;

  /** Resolves to the container's id. */
  createContainer(sandboxId: string, config: ContainerConfig, signal: AbortSignal): Promise<string>;
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  /** SIGTERM, after `graceMs` SIGKILL; resolves when it has ended. A second call with a shorter grace shortens the wait of the first. */
  stopContainer(id: string, graceMs: number): Promise<void>;
  /** Removes an ended container and its log; resolves also for an unknown id. */
  removeContainer(id: string): Promise<void>;
  /** Synchronous: the runtime keeps what it runs at hand. Undefined for an unknown id. */
  containerStatus(id: string): ContainerStatus | undefined;

  /** Resolves when all was written, or with `follow` when the container has ended; rejects with the signal's reason on abort. */
  readLog(containerId: string, options: LogOptions, sink: LogSink): Promise<void>;
  /** Absent: commands cannot be run in containers of this runtime. Resolves to the exit code. */
  exec?(containerId: string, request: ExecRequest): Promise<number>;
  /** Joins a running container's first process; resolves when it has ended or the signal aborts. */
  attach?(containerId: string, request: StreamRequest): Promise<void>;
  /** Opens a connection to a port of the sandbox's loopback; rejects with a `RuntimeFault` when nobody listens. */
  connect?(sandboxId: string, port: number, signal: AbortSignal): Promise<ByteStream>;
  /**
   * URL of the runtime's own server for the streams of a client (SPDY/3.1, or WebSocket `v4.channel.k8s.io`), good for one
   * request and reached from the agent's network; the agent hands the client's connection through. Absent: it has none.
   */
  streamUrl?(target: StreamTarget): Promise<string>;
  /** By container id; of all sandboxes at once, since that is one call for most runtimes. */
  stats?(): Promise<ReadonlyMap<string, UsageStats>>;
  listImages?(): Promise<readonly ImageStatus[]>;
  removeImage?(id: string): Promise<void>;
  /** Makes the agent's log rotation seen: the container's log file was moved away. */
  reopenLog?(containerId: string): Promise<void>;
  /** Answers probes itself (a simulation); absent: the agent probes by network and `exec`. */
  probe?(containerId: string, type: 'startup' | 'liveness' | 'readiness', probe: Probe): Promise<ProbeOutcome>;

  onEvent(listener: (event: ContainerEvent) => void): () => void;
  /** Why it cannot work now (`container runtime is down`); undefined: it can. Ends up in the node's `Ready` condition. Absent: it always can. */
  fault?(): string | undefined;
  /** Calls back when `fault` changes; returns the way to stop. */
  onFault?(listener: () => void): () => void;
  /** The agent goes away. What then happens to running containers is the runtime's affair (and in its README). */
  close(): Promise<void>;
}
