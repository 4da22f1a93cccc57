import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostState, Inventory } from '@keelson/hosts';

/** Hosts of a cluster as its process last wrote them; empty where nodes are in that process. */
export function hostsOf(dataDir: string): readonly HostState[] {
  try {
    // Read by hand, so that `keelson status` loads nothing for it.
    return (JSON.parse(readFileSync(join(dataDir, 'hosts/inventory.json'), 'utf8')) as Inventory).hosts;
  } catch {
    return [];
  }
}

/** Rows for people: where each host is and which processes are its agent and its containerd. */
export function hostLines(hosts: readonly HostState[]): readonly (readonly [string, string])[] {
  return hosts.map(({ name, address, agentPid, agentRestarts, containerdPid }) => [
    `Host ${name}`,
    `${address}, agent ${agentPid ?? 'not running'}${agentRestarts === 0 ? '' : ` (started again ${agentRestarts} times)`}${containerdPid === undefined ? '' : `, containerd ${containerdPid}`}`,
  ]);
}
