import { Node, type NodeStatus } from '@keelson/api/core/v1';
import type { ApiClient, Cancel, Clock, Logger, Random } from '@keelson/sdk';
import { NodeLease } from './node-lease.ts';
import { conditionsAreWrong, nodeConditions, noFaults, type NodeFacts } from './node-object.ts';

/** All in milliseconds. */
export interface HeartbeatSettings {
  readonly leaseDuration: number;
  readonly leaseRenewal: number;
  /** Node status is written at least this often, changed or not. */
  readonly statusEvery: number;
}

/** More nodes than this are renewed in so many parts of a period, so that a thousand nodes are no burst. */
const nodesPerBatch = 10;
const mostBatches = 10;

interface Member {
  node: Node;
  readonly lease: NodeLease;
  statusAt: number;
  /** As last written; undefined: never. */
  images: string | undefined;
}

export interface HeartbeatOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settings: HeartbeatSettings;
  /** What is wrong with a node; asked at each beat. Absent: nothing ever is. */
  readonly facts?: (name: string) => Promise<NodeFacts> | undefined;
  /** Images that a node has, for its status; undefined: its runtime does not tell. */
  readonly images?: (name: string) => Promise<NodeStatus['images']> | undefined;
}

/** Leases and status heartbeats of all nodes of this agent: one timer, however many nodes. */
export class Heartbeats {
  readonly #options: HeartbeatOptions;
  readonly #members = new Map<string, Member>();
  #timer: Cancel | undefined;
  #batch = 0;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Begins: every node's Lease is there when this resolves. */
  async start(nodes: readonly Node[]): Promise<void> {
    const { api, clock, settings, random } = this.#options;
    const now = clock.now();
    for (const node of nodes) {
      const lease = new NodeLease(api, node, settings.leaseDuration / 1000);
      this.#members.set(node.metadata.name, { node, lease, statusAt: now - random.int(Math.floor(settings.statusEvery / 2)), images: undefined });
    }
    const members = [...this.#members.values()];
    for (let at = 0; at < members.length; at += 32) await this.#beat(members.slice(at, at + 32));
    this.#arm();
  }

  /** A new state of one of the nodes. */
  observe(node: Node): void {
    const member = this.#members.get(node.metadata.name);
    if (member !== undefined) member.node = node;
  }

  /** Writes the node's status now: somebody else changed it, or what it tells of has changed. */
  async restoreConditions(name: string): Promise<void> {
    const member = this.#members.get(name);
    if (member !== undefined) await this.#guarded(member, () => this.#writeStatus(member));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    const { clock, settings, random } = this.#options;
    const batches = this.#batches();
    // Up to a tenth of jitter keeps the agents of many machines from beating together.
    const pause = (settings.leaseRenewal / batches) * (1 - 0.1 * random.next());
    this.#timer = clock.after(pause, () => {
      const due = [...this.#members.values()].filter((_, index) => index % batches === this.#batch % batches);
      this.#batch++;
      this.#running = this.#beat(due).then(() => this.#arm());
    });
  }

  #batches(): number {
    return Math.max(1, Math.min(mostBatches, Math.ceil(this.#members.size / nodesPerBatch)));
  }

  async #beat(members: readonly Member[]): Promise<void> {
    const { clock, settings } = this.#options;
    await Promise.all(
      members.map((member) =>
        this.#guarded(member, async () => {
          await member.lease.renew(clock.now());
          const facts = this.#options.facts?.(member.node.metadata.name);
          const wrong = facts !== undefined && conditionsAreWrong(member.node, await facts);
          if (wrong || (await this.#imagesChanged(member)) || clock.now() - member.statusAt >= settings.statusEvery) await this.#writeStatus(member);
        }),
      ),
    );
  }

  /** Pods are placed where their images are: a change is told at the next beat. */
  #imagesChanged(member: Member): Promise<boolean> | boolean {
    const listed = this.#options.images?.(member.node.metadata.name);
    return listed === undefined ? false : listed.then((images) => JSON.stringify(images) !== member.images, () => false);
  }

  async #writeStatus(member: Member): Promise<void> {
    const { api, clock, facts, images } = this.#options;
    const { name } = member.node.metadata;
    const known = facts?.(name);
    const listed = images?.(name);
    const present = known === undefined ? noFaults : await known;
    const list = listed === undefined ? undefined : await listed.catch(() => undefined);
    const now = clock.now();
    const body = { status: { conditions: nodeConditions(member.node, now, present), ...(list === undefined ? {} : { images: list }) } };
    member.node = await api.patch(Node, { name }, { type: 'strategic', body }, { subresource: 'status' });
    member.statusAt = now;
    if (list !== undefined) member.images = JSON.stringify(list);
  }

  async #guarded(member: Member, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#options.log.warn('heartbeat could not be written, the next one is due soon', { node: member.node.metadata.name, error: String(error) });
    }
  }
}
