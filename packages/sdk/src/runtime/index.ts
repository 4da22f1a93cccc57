export { PodExec, PodLogs, Runtimes } from './runtimes.ts';
export type { PodRef, RuntimeNode, RuntimeProvider } from './runtimes.ts';
export { RuntimeFault, runtimeFaultKind } from './runtime-fault.ts';
export type { RuntimeFaultKind } from './runtime-fault.ts';
export type {
  ContainerConfig, ContainerEvent, ContainerRuntime, ContainerState, ContainerStatus, ExecRequest, ImageStatus, LogOptions, LogSink,
  ProbeOutcome, RuntimeInfo, SandboxConfig, SandboxStatus,
} from './container-runtime.ts';
