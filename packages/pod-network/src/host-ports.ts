import { KeelsonError } from '@keelson/sdk';
import type { NetLink } from '@keelson/sdk/cni';
import type { PortMapping } from '@keelson/sdk/runtime';

/** A port of the host that leads to a pod. */
export interface HostPort extends PortMapping {
  /** Of the pod. */
  readonly address: string;
}

/**
 * Ports of the host that lead into pods, as elements of one map in an nftables table of its own: one look-up a new
 * connection, one element a change.
 */
export class HostPorts {
  readonly #ports = new Map<string, readonly HostPort[]>();
  #turn: Promise<unknown> = Promise.resolve();
  #isMade = false;

  constructor(
    private readonly link: NetLink,
    private readonly table: string,
  ) {}

  /** Replaces what a container has. */
  set(containerId: string, ports: readonly HostPort[]): Promise<void> {
    const wanted = ports.filter(({ hostPort }) => hostPort > 0);
    return this.#inTurn(async () => {
      const before = this.#ports.get(containerId) ?? [];
      if (before.length === 0 && wanted.length === 0) return;
      for (const port of wanted) this.#refuseTaken(containerId, port);
      const lines = [...(this.#isMade ? [] : this.#tableLines()), ...before.map((port) => `delete element ip ${this.table} ports { ${keyOf(port)} }`), ...wanted.map((port) => `add element ip ${this.table} ports { ${keyOf(port)} : ${port.address} . ${port.containerPort} }`)];
      await this.link.batch(lines, 'nft');
      this.#isMade = true;
      if (wanted.length === 0) this.#ports.delete(containerId);
      else this.#ports.set(containerId, wanted);
    });
  }

  /** Takes the ports of all others away. */
  async retainOnly(live: ReadonlySet<string>): Promise<void> {
    for (const containerId of [...this.#ports.keys()]) if (!live.has(containerId)) await this.set(containerId, []);
  }

  /** Removes the table. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#isMade) await this.link.batch([`delete table ip ${this.table}`], 'nft');
      this.#isMade = false;
      this.#ports.clear();
    });
  }

  #refuseTaken(containerId: string, port: HostPort): void {
    for (const [owner, ports] of this.#ports) {
      if (owner !== containerId && ports.some((held) => keyOf(held) === keyOf(port))) {
        throw new KeelsonError('KEEL_CNI_HOST_PORT', `host port ${port.hostPort}/${port.protocol} is in use by another pod of this node`);
      }
    }
  }

  #tableLines(): string[] {
    const { table } = this;
    const match = 'fib daddr type local';
    const target = 'dnat ip to meta l4proto . th dport map @ports';
    return [
      `add table ip ${table}`,
      `delete table ip ${table}`,
      `table ip ${table} {`,
      '  map ports { type inet_proto . inet_service : ipv4_addr . inet_service; }',
      `  chain prerouting { type nat hook prerouting priority dstnat; policy accept; ${match} ${target}; }`,
      `  chain output { type nat hook output priority -100; policy accept; ${match} ${target}; }`,
      // A pod that reaches itself or a neighbour by the host's port must get its answers from the host.
      '  chain postrouting { type nat hook postrouting priority srcnat; policy accept; ct status dnat fib saddr type local masquerade; }',
      '}',
    ];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function keyOf({ protocol, hostPort }: HostPort): string {
  return `${protocol.toLowerCase()} . ${hostPort}`;
}
