import { extensionPoint } from '../extension-point.ts';
import { token } from '../token.ts';
import type { ContainerRuntime, ExecRequest, LogOptions, LogSink } from './container-runtime.ts';

/** One node for which a runtime is wanted. */
export interface RuntimeNode {
  readonly nodeName: string;
  readonly hostIp: string;
  /** Range from which pods of this node take addresses, IPv4 CIDR. */
  readonly podCidr: string;
}

/** A kind of runtime; the agent opens it once per node that it runs. */
export interface RuntimeProvider {
  /** The agent's configuration chooses by this name (`sim`). */
  readonly name: string;
  open(node: RuntimeNode): Promise<ContainerRuntime>;
}

export const Runtimes = extensionPoint<RuntimeProvider>('keelson.runtimes', { cardinality: 'at-least-one' });

/** Names a pod; with `uid` another pod of the same name is not found. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

/** Logs of pods, wherever they run; rejects with the `StatusError` that a client should see. */
export interface PodLogs {
  /** `container` undefined: the pod's only one. `previous`: the one that ran before the last restart. */
  read(pod: PodRef, container: string | undefined, options: LogOptions & { readonly previous?: boolean | undefined }, sink: LogSink): Promise<void>;
}

/** Commands in running containers; rejects with the `StatusError` that a client should see, resolves to the exit code. */
export interface PodExec {
  exec(pod: PodRef, container: string | undefined, request: ExecRequest): Promise<number>;
}

export const PodLogs = token<PodLogs>('keelson.node.pod-logs');
export const PodExec = token<PodExec>('keelson.node.pod-exec');
