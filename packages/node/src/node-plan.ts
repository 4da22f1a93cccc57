import { KeelsonError, type Random } from '@keelson/sdk';
import type { RuntimeInfo } from '@keelson/sdk/runtime';
import type { AgentSettings } from './agent-settings.ts';
import { hostAddress, subnet } from './node/node-addresses.ts';
import { defaultCapacity, type NodeIdentity } from './node/node-object.ts';

/** Name and ranges of one node, known before its runtime is. */
export interface NodePlan {
  readonly nodeName: string;
  readonly podCidr: string;
  /** Address if the runtime gives pods addresses of their own; a runtime on the host's network uses `settings.hostIp`. */
  readonly ownIp: string;
}

/** Upstream's usual range holds 256 nodes; for more the upper half of 10/8 is taken, which holds 32,768. */
function podRange({ podCidr, nodes, firstNode }: AgentSettings): string {
  return podCidr ?? (firstNode + nodes - 1 > 256 ? '10.128.0.0/9' : '10.244.0.0/16');
}

/** The nodes that this agent runs; throws where a range is too small for them. */
export function planNodes(settings: AgentSettings): readonly NodePlan[] {
  if (settings.exactName && settings.nodes > 1) throw new KeelsonError('KEEL_NODE_NAME', `exactName gives one node its name, and nodes is ${settings.nodes}: leave nodes at 1`);
  if (settings.exactName) return settings.nodes === 0 ? [] : [{ nodeName: settings.nodeName, podCidr: settings.podCidr ?? '', ownIp: settings.hostIp }];
  const range = podRange(settings);
  return Array.from({ length: settings.nodes }, (_, offset) => {
    const index = settings.firstNode - 1 + offset;
    return { nodeName: `${settings.nodeName}-${index + 1}`, podCidr: subnet(range, settings.podCidrMask, index), ownIp: hostAddress(settings.nodeCidr, index) };
  });
}

/** The identity under which a node registers; `machine` is what this machine has, for runtimes that use it. */
export function identityOf(plan: NodePlan, info: RuntimeInfo, settings: AgentSettings, random: Random, machine: Readonly<Record<string, string>> = {}): NodeIdentity {
  const ids = random.fork(`identity ${plan.nodeName}`);
  return {
    name: plan.nodeName,
    hostIp: info.podAddresses === 'host' || settings.exactName ? settings.hostIp : plan.ownIp,
    podCidr: plan.podCidr,
    labels: settings.labels,
    capacity: { ...defaultCapacity, ...machine, ...info.capacity, ...settings.capacity },
    version: settings.kubeletVersion,
    ids: { machine: ids.uuid().replaceAll('-', ''), system: ids.uuid(), boot: ids.uuid() },
  };
}
