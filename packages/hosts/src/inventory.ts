import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One host, for other commands. */
export interface HostState {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly netns: string;
  /** Of containerd. */
  readonly socket: string;
  readonly dataDir: string;
  readonly runDir: string;
  /** Undefined while it is being started again. */
  readonly containerdPid?: number | undefined;
  readonly agentPid?: number | undefined;
  readonly agentRestarts: number;
  readonly agentLog: string;
}

/** What a cluster made on this machine; the file is written before anything is made, so that a killed run leaves a record. */
export interface Inventory {
  readonly version: 1;
  readonly id: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly podCidr: string;
  readonly hosts: readonly HostState[];
}

/** Folder of a cluster's hosts within its data directory. */
export function hostsFolder(dataDir: string): string {
  return join(dataDir, 'hosts');
}

const fileOf = (dataDir: string): string => join(hostsFolder(dataDir), 'inventory.json');

/** Undefined: the cluster has no hosts, or its record cannot be read. */
export function readInventory(dataDir: string): Inventory | undefined {
  try {
    const inventory = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Inventory;
    return inventory.version === 1 && typeof inventory.id === 'string' && Array.isArray(inventory.hosts) ? inventory : undefined;
  } catch {
    return undefined;
  }
}

export function writeInventory(dataDir: string, inventory: Inventory): void {
  const file = fileOf(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(inventory, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Short name of a cluster for devices and namespaces: the same for the same data directory. */
export function clusterId(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 6);
}
