import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError, type Clock, type Logger } from '@keelson/sdk';
import { Containerd, containerdPaths, type ContainerdOptions } from './containerd/containerd.ts';
import { choosePodRange, chooseSubnet, raiseFabric, removeFabric } from './fabric/fabric.ts';
import { presentOn } from './fabric/present.ts';
import { inNetns } from './fabric/steps.ts';
import { clusterId, hostsFolder, readInventory, writeInventory } from './inventory.ts';
import { planHosts, type HostPlan, type HostsPlan } from './layout.ts';
import { powerOff, removeCgroupTrees } from './machine/power-off.ts';
import { withMachineLock } from './machine/machine-lock.ts';
import type { Programs } from './machine/programs.ts';
import { SupervisedProgram } from './machine/supervised-program.ts';

/** Where the machine keeps what does not outlive its power. */
export const runFolder = '/run/keelson';

export interface HostsOptions {
  /** Of the cluster; hosts live in `hosts/` below. */
  readonly dataDir: string;
  readonly count: number;
  /** Range of the hosts' network; absent: that of the last run, else the first usual one that is free. */
  readonly subnet?: string | undefined;
  /** Range of the pods; absent: that of the last run, else the first usual one that is free. */
  readonly podCidr?: string | undefined;
  readonly podCidrMask: number;
  /** Absent: hosts have no containerd (agents with another runtime). */
  readonly containerd?: Omit<ContainerdOptions, 'programs' | 'clock' | 'log' | 'environment' | 'onChange'>;
  /** Archives of images that every host gets. */
  readonly images: readonly string[];
  readonly programs: Programs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Held while a cluster looks for a free network and takes it. */
const lockFile = `${runFolder}.lock`;

/** How long an agent has to write what is pending, milliseconds. */
const agentGrace = 5000;

/** An agent that was started again this often does not get well by itself. */
const mostRestarts = 3;

/** The hosts of one cluster, switched on. */
export class Hosts {
  readonly plan: HostsPlan;
  readonly #options: HostsOptions;
  readonly #containerds = new Map<string, Containerd>();
  readonly #agents = new Map<string, SupervisedProgram>();
  #closed: Promise<void> | undefined;

  private constructor(plan: HostsPlan, options: HostsOptions) {
    this.plan = plan;
    this.#options = options;
  }

  /** Clears away what an earlier run left, then makes the network. Throws KEEL_HOSTS_…; nothing is left then. */
  static async open(options: HostsOptions): Promise<Hosts> {
    const { dataDir, programs } = options;
    const before = readInventory(dataDir);
    const id = before?.id ?? clusterId(dataDir);
    await switchOff(dataDir, id, options);
    const hosts = await withMachineLock(lockFile, options.clock, async () => {
      const subnet = await subnetFor(options, before?.subnet);
      const podCidr = options.podCidr ?? before?.podCidr ?? (await choosePodRange(programs));
      const plan = planHosts({ id, count: options.count, subnet, podCidr, podCidrMask: options.podCidrMask, dataDir: hostsFolder(dataDir), runDir: join(runFolder, id) });
      const planned = new Hosts(plan, options);
      planned.#record();
      await raiseFabric(programs, plan);
      return planned;
    });
    for (const host of hosts.plan.hosts) for (const folder of [host.dataDir, host.runDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    return hosts;
  }

  /** Starts every containerd and gives it the images; resolves when all answer. */
  async startContainerds(signal: AbortSignal): Promise<void> {
    const { containerd, images, programs, clock, log, environment } = this.#options;
    if (containerd === undefined) return;
    const starting = this.plan.hosts.map(async (host) => {
      const daemon = new Containerd(host, { ...containerd, programs, clock, log, environment, onChange: () => this.#record() });
      this.#containerds.set(host.name, daemon);
      await daemon.start(signal);
      await daemon.importImages(images);
    });
    await Promise.all(starting);
  }

  /**
   * Starts an agent on every host: `command` tells which; its output goes to `agent.log`. The promise never resolves; it
   * rejects with KEEL_HOSTS_AGENT and an agent's last words when that one ends again and again.
   */
  startAgents(command: (host: HostPlan) => readonly [string, ...string[]]): Promise<never> {
    const { clock, log, environment } = this.#options;
    let give: (error: Error) => void = () => undefined;
    const hopeless = new Promise<never>((_resolve, reject) => (give = reject));
    hopeless.catch(() => undefined); // of interest only until the nodes have joined
    for (const host of this.plan.hosts) {
      const [program, ...args] = command(host);
      const step = inNetns(host.netns, program, args);
      const agent = new SupervisedProgram({
        spec: { title: `agent of ${host.name}`, command: [step.program, ...step.args], log: agentLog(host), environment, restart: 'on-failure' },
        clock, log,
        onChange: () => {
          this.#record();
          if (agent.restarts >= mostRestarts) give(new KeelsonError('KEEL_HOSTS_AGENT', `the agent of ${host.name} ended ${agent.restarts} times; its last words in ${agentLog(host)}:\n${lastWords(agentLog(host))}`));
        },
      });
      this.#agents.set(host.name, agent);
      agent.start();
    }
    return hopeless;
  }

  /** The machines are switched off: containers end, the network goes, disks stay. Idempotent. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.stop(agentGrace)));
    await Promise.all([...this.#containerds.values()].map((containerd) => containerd.stop()));
    await switchOff(this.#options.dataDir, this.plan.id, this.#options);
    this.#record();
  }

  #record(): void {
    const { id, subnet, gateway, podCidr, hosts } = this.plan;
    writeInventory(this.#options.dataDir, {
      version: 1, id, subnet, gateway, podCidr,
      hosts: hosts.map((host) => ({
        name: host.name, address: host.address, podCidr: host.podCidr, netns: host.netns, socket: containerdPaths(host).socket, dataDir: host.dataDir, runDir: host.runDir,
        containerdPid: this.#containerds.get(host.name)?.pid, agentPid: this.#agents.get(host.name)?.pid, agentRestarts: this.#agents.get(host.name)?.restarts ?? 0, agentLog: agentLog(host),
      })),
    });
  }
}

/**
 * Ends and removes all that the hosts of a cluster have on this machine, except their files. For a cluster whose process
 * is gone; does nothing where it never had hosts.
 */
export async function removeHosts(dataDir: string, parts: Pick<HostsOptions, 'programs' | 'clock'>): Promise<void> {
  const inventory = readInventory(dataDir);
  if (inventory !== undefined) await switchOff(dataDir, inventory.id, parts);
}

/** By the names that carry the id, not by the record alone: a run may have been killed before it wrote. */
async function switchOff(dataDir: string, id: string, { programs, clock }: Pick<HostsOptions, 'programs' | 'clock'>): Promise<void> {
  const prefix = `kl-${id}-`;
  const { namespaces } = await presentOn(programs);
  const names = new Set([
    ...namespaces.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
    ...namesIn(join(runFolder, id)), ...namesIn(hostsFolder(dataDir)),
  ]);
  names.delete('fabric');
  await Promise.all([...names].map((name) => powerOff({ netns: `${prefix}${name}`, runDir: join(runFolder, id, name), dataDir: join(hostsFolder(dataDir), name) }, { programs, clock })));
  await removeFabric(programs, id);
  removeCgroupTrees(cgroupOf(id));
  for (const folder of [join(runFolder, id), runFolder]) removeIfEmpty(folder);
}

/** Cgroup that all pods of a cluster's hosts are below. */
export function cgroupOf(id: string): string {
  return `/keelson-${id}`;
}

async function subnetFor({ programs, subnet }: HostsOptions, before: string | undefined): Promise<string> {
  if (subnet !== undefined || before === undefined) return chooseSubnet(programs, subnet);
  // The last run's, so that addresses stay; somebody else may have it by now.
  return chooseSubnet(programs, before).catch(() => chooseSubnet(programs, undefined));
}

const agentLog = ({ dataDir }: Pick<HostPlan, 'dataDir'>): string => join(dataDir, 'agent.log');

function lastWords(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not there, or another cluster's
  }
}
