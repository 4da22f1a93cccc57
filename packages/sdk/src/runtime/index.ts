export { PodExec, PodLogs, Runtimes } from './runtimes.ts';
export type { PodRef, RuntimeNode, RuntimeProvider } from './runtimes.ts';
export { RuntimeFault, runtimeFaultKind } from './runtime-fault.ts';
export type { RuntimeFaultKind } from './runtime-fault.ts';
export type {
  ByteStream, ContainerConfig, ContainerEvent, ContainerRuntime, ContainerState, ContainerStatus, DnsConfig, ExecRequest, ImageStatus,
  LogOptions, LogSink, MountConfig, PortMapping, ProbeOutcome, ResourceConfig, RuntimeInfo, SandboxConfig, SandboxStatus, SecurityConfig,
  StreamChoice, StreamRequest, StreamTarget, TerminalSize, UsageStats,
} from './container-runtime.ts';
