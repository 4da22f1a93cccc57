import { KeelsonError, type Logger } from '@keelson/sdk';
import type { ProxyDelta, ProxyEndpoint, ProxyMode, ProxyStatus, ServicePort } from '@keelson/sdk/proxy';
import type { KernelCommands } from './kernel-commands.ts';
import { endpointsOf, type RuleContext } from './rule-set.ts';
import { addressCounts, clusterIpLines, countsAfter, fullTransaction, programLines } from './transaction.ts';

/** Services by verdict maps in one nftables table: a packet costs one look-up, a change one small transaction. */
export class NftablesMode implements ProxyMode {
  readonly name = 'nftables';
  #context: RuleContext;
  /** How many service ports have a cluster address. */
  #counts = new Map<string, number>();
  #status: ProxyStatus = { healthy: false, reason: 'not started' };

  constructor(
    private readonly commands: KernelCommands,
    private readonly log: Logger,
    private readonly table: string,
  ) {
    this.#context = { table, podCidrs: [] };
  }

  async start(all: readonly ServicePort[], { podCidrs }: Parameters<ProxyMode['start']>[1], signal: AbortSignal): Promise<void> {
    this.#context = { table: this.table, podCidrs };
    await this.#apply(fullTransaction(all, this.#context), signal);
    this.#counts = addressCounts(all);
  }

  async program(delta: ProxyDelta, signal: AbortSignal): Promise<void> {
    const counts = countsAfter(delta, this.#counts);
    await this.#apply([...programLines(delta, this.#context), ...clusterIpLines(counts, this.#counts, this.table)], signal);
    for (const [address, count] of counts) {
      if (count === 0) this.#counts.delete(address);
      else this.#counts.set(address, count);
    }
    await this.#forgetFlows(delta);
  }

  status(): ProxyStatus {
    return this.#status;
  }

  async stop({ cleanup }: { readonly cleanup: boolean }): Promise<void> {
    if (cleanup) await this.commands.nft([`add table ip ${this.table}`, `delete table ip ${this.table}`], AbortSignal.timeout(5000));
    this.#status = { healthy: false, reason: 'stopped' };
  }

  async #apply(lines: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      if (lines.length > 0) await this.commands.nft(lines, signal);
      this.#status = { healthy: true };
    } catch (error) {
      this.#status = { healthy: false, reason: error instanceof Error ? error.message : String(error) };
      if (/Operation not permitted/.test(String(error))) throw new KeelsonError('KEEL_PROXY_RIGHTS', 'nftables needs root (CAP_NET_ADMIN): run the agent as root, or choose the userspace mode', { cause: error });
      throw error;
    }
  }

  /** A UDP flow is translated once and for all: packets would go on to an endpoint that is gone, or to nobody. */
  async #forgetFlows({ changed, removed }: ProxyDelta): Promise<void> {
    for (const { now, before } of [...changed, ...removed.map((service) => ({ now: undefined, before: service }))]) {
      const service = now ?? before!;
      if (service.protocol !== 'UDP') continue;
      const held = before === undefined ? [] : endpointsOf(before);
      const wanted = new Set((now === undefined ? [] : endpointsOf(now)).map(({ address }) => address));
      for (const endpoint of held) if (!wanted.has(endpoint.address)) await this.#forget(service, endpoint);
      if (held.length === 0 && wanted.size > 0) await this.#forget(service, undefined);
    }
  }

  async #forget(service: ServicePort, endpoint: ProxyEndpoint | undefined): Promise<void> {
    const gone = endpoint === undefined ? [] : ['--dst-nat', endpoint.address];
    const addresses = [...service.clusterIps, ...service.externalIps, ...service.loadBalancerIps].filter((address) => !address.includes(':'));
    const asked = [...addresses.map((address) => ['--orig-dst', address, '--orig-port-dst', String(service.port)]), ...(service.nodePort > 0 ? [['--orig-port-dst', String(service.nodePort)]] : [])];
    for (const args of asked) {
      await this.commands.conntrack(['-D', '-p', 'udp', ...args, ...gone]).catch((error: unknown) => {
        this.log.warn('flows to an endpoint that is gone could not be forgotten', { service: service.key, error: error instanceof Error ? error.message : String(error) });
      });
    }
  }
}
