import type { Node, NodeCondition, NodeStatus } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { newObject } from '@keelson/client';
import { Node as NodeKind } from '@keelson/api/core/v1';
import type { RuntimeInfo } from '@keelson/sdk/runtime';

/** What a node of this agent is. */
export interface NodeIdentity {
  readonly name: string;
  readonly hostIp: string;
  readonly podCidr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Readonly<Record<string, string>>;
  readonly version: string;
  /** Machine, system and boot id. */
  readonly ids: { readonly machine: string; readonly system: string; readonly boot: string };
}

/** Capacity of a node for which nobody says otherwise. */
export const defaultCapacity: Readonly<Record<string, string>> = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '110' };

/** The Node object to register. */
export function nodeObject(identity: NodeIdentity, runtime: RuntimeInfo, now: number): Node {
  const { name, podCidr } = identity;
  return newObject(NodeKind, {
    metadata: { name, labels: nodeLabels(identity, runtime), annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    status: nodeStatus(identity, runtime, now),
  });
}

/** Upstream's well-known labels, then the runtime's, then the configuration's. */
export function nodeLabels({ name, labels }: NodeIdentity, runtime: RuntimeInfo): Record<string, string> {
  const os = runtime.machine?.operatingSystem ?? 'linux';
  const arch = runtime.machine?.architecture ?? 'amd64';
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': os,
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': os,
    ...runtime.nodeLabels,
    ...labels,
  };
}

export function nodeStatus({ name, hostIp, capacity, version, ids }: NodeIdentity, runtime: RuntimeInfo, now: number): NodeStatus {
  const machine = runtime.machine ?? {};
  return {
    capacity: { ...capacity },
    allocatable: { ...capacity },
    addresses: [{ type: 'InternalIP', address: hostIp }, { type: 'Hostname', address: name }],
    conditions: nodeConditions(undefined, now),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: machine.architecture ?? 'amd64',
      bootID: ids.boot,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kernelVersion: machine.kernelVersion ?? 'unknown',
      kubeProxyVersion: '',
      kubeletVersion: version,
      machineID: ids.machine,
      operatingSystem: machine.operatingSystem ?? 'linux',
      osImage: machine.osImage ?? 'unknown',
      systemUUID: ids.system,
    },
  };
}

/** Upstream's words of a healthy kubelet. */
const healthy: readonly Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** Conditions with a heartbeat now; transition times of those that stay are kept. */
export function nodeConditions(before: Node | undefined, now: number): NodeCondition[] {
  const time = formatTime(now);
  return healthy.map((condition) => {
    const known = before?.status?.conditions?.find(({ type }) => type === condition.type);
    const since = known?.status === condition.status ? known.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: time, lastTransitionTime: since ?? time };
  });
}

/** True if somebody (the node lifecycle controller after a pause) made one of the agent's conditions say otherwise. */
export function conditionsAreWrong(node: Node): boolean {
  return healthy.some(({ type, status }) => node.status?.conditions?.find((condition) => condition.type === type)?.status !== status);
}
