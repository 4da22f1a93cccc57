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
export function nodeObject(identity: NodeIdentity, runtime: RuntimeInfo, now: number, facts: NodeFacts = noFaults): Node {
  const { name, podCidr } = identity;
  return newObject(NodeKind, {
    metadata: { name, labels: nodeLabels(identity, runtime), annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    spec: podCidr === '' ? {} : { podCIDR: podCidr, podCIDRs: [podCidr] },
    status: nodeStatus(identity, runtime, now, facts),
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

export function nodeStatus({ name, hostIp, capacity, version, ids }: NodeIdentity, runtime: RuntimeInfo, now: number, facts: NodeFacts = noFaults): NodeStatus {
  const machine = runtime.machine ?? {};
  return {
    capacity: { ...capacity },
    allocatable: { ...capacity },
    addresses: [{ type: 'InternalIP', address: hostIp }, { type: 'Hostname', address: name }],
    conditions: nodeConditions(undefined, now, facts),
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

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** What decides a node's conditions. */
export interface NodeFacts {
  /** Why it cannot run pods now; undefined: it can. */
  readonly fault: string | undefined;
  readonly pressures: ReadonlySet<Pressure>;
}

/** A node that nothing is wrong with. */
export const noFaults: NodeFacts = { fault: undefined, pressures: new Set() };

type Fact = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

/** Upstream's words, of a healthy kubelet and of one under pressure. */
const pressureWords: readonly (readonly [healthy: Fact & { readonly type: Pressure }, reason: string, message: string])[] = [
  [{ type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' }, 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  [{ type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' }, 'KubeletHasDiskPressure', 'kubelet has disk pressure'],
  [{ type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' }, 'KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
];

function factsOf({ fault, pressures }: NodeFacts): readonly Fact[] {
  return [
    ...pressureWords.map(([healthy, reason, message]) => (pressures.has(healthy.type) ? { type: healthy.type, status: 'True', reason, message } : healthy)),
    fault === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: fault },
  ];
}

/** Conditions with a heartbeat now; transition times of those that stay are kept. */
export function nodeConditions(before: Node | undefined, now: number, facts: NodeFacts = noFaults): NodeCondition[] {
  const time = formatTime(now);
  return factsOf(facts).map((condition) => {
    const known = before?.status?.conditions?.find(({ type }) => type === condition.type);
    const since = known?.status === condition.status ? known.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: time, lastTransitionTime: since ?? time };
  });
}

/** True if the conditions do not say what is so: it has changed, or somebody (the node lifecycle controller after a pause) made one of them say otherwise. */
export function conditionsAreWrong(node: Node, facts: NodeFacts = noFaults): boolean {
  return factsOf(facts).some(({ type, status, message }) => {
    const shown = node.status?.conditions?.find((condition) => condition.type === type);
    return shown?.status !== status || (type === 'Ready' && status === 'False' && shown.message !== message);
  });
}
