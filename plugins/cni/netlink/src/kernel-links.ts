import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Logger } from '@keelson/sdk';
import type { LinkAddress, NetLink, VethOptions } from '@keelson/sdk/cni';
import { programRunner, type RunProgram } from './run-program.ts';

interface LinkRow {
  readonly ifname?: string;
  readonly mtu?: number;
  readonly operstate?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly family?: string }[];
}

/** Devices of one host by iproute2: one process per operation, several changes in one batch. */
export class KernelLinks implements NetLink {
  readonly #host: RunProgram;

  /** `netns`: path of the host's network namespace; undefined: that of this process. */
  constructor(
    private readonly netns: string | undefined,
    private readonly log: Logger,
  ) {
    this.#host = programRunner(netns);
  }

  async bridge(name: string, { address, mtu }: { readonly address: string; readonly mtu?: number }): Promise<void> {
    const present = await this.#link(this.#host, name);
    const lines: string[] = [];
    if (present === undefined) lines.push(`link add ${name} address ${hardwareAddress(`${name} ${address}`)} type bridge`);
    if (mtu !== undefined && present?.mtu !== mtu) lines.push(`link set ${name} mtu ${mtu}`);
    const addresses = addressesOf(present).filter(({ address: held }) => !held.includes(':'));
    for (const { address: held } of addresses) if (held !== address) lines.push(`addr del ${held} dev ${name}`);
    if (!addresses.some(({ address: held }) => held === address)) lines.push(`addr add ${address} dev ${name}`);
    if (present?.operstate === undefined || present.operstate === 'DOWN') lines.push(`link set ${name} up`);
    await this.batch(lines);
  }

  async vethPair(netns: string, ifName: string, options: VethOptions): Promise<string> {
    const host = hostEnd(netns, ifName);
    const inside = programRunner(netns);
    const present = await this.#link(inside, ifName);
    if (present !== undefined && addressesOf(present).some(({ address }) => address === options.address) && (await this.#link(this.#host, host)) !== undefined) return host;
    // Half made, or of an earlier address: from the start.
    if (present !== undefined) await inside('ip', ['link', 'del', ifName]);
    if ((await this.#link(this.#host, host)) !== undefined) await this.#host('ip', ['link', 'del', host]);
    const { address, gateway, mtu, bridge, hairpin } = options;
    const size = mtu === undefined ? '' : ` mtu ${mtu}`;
    await this.batch([
      `link add ${host}${size} type veth peer name ${ifName}${size} netns ${netns}`,
      ...(bridge === undefined ? [] : [`link set ${host} master ${bridge}`]),
      ...(bridge !== undefined && hairpin === true ? [`link set ${host} type bridge_slave hairpin on`] : []),
      `link set ${host} up`,
    ]);
    await batchOf(inside, [
      'link set lo up',
      `addr add ${address} dev ${ifName}`,
      `link set ${ifName} up`,
      ...(gateway === undefined ? [] : [`route add default via ${gateway} dev ${ifName}${bridge === undefined ? ' onlink' : ''}`]),
    ]);
    return host;
  }

  async remove(netns: string, ifName: string): Promise<void> {
    const host = hostEnd(netns, ifName);
    // Either end takes the other with it; a namespace that is gone took both.
    if ((await this.#link(this.#host, host)) === undefined) return;
    await this.#host('ip', ['link', 'del', host]).catch(async (error: unknown) => {
      if ((await this.#link(this.#host, host)) !== undefined) throw error;
    });
  }

  async exists(netns: string, ifName: string): Promise<boolean> {
    return (await this.#link(programRunner(netns), ifName)) !== undefined;
  }

  async addresses(netns: string, ifName: string): Promise<readonly LinkAddress[]> {
    return addressesOf(await this.#link(programRunner(netns), ifName));
  }

  async batch(lines: readonly string[], tool: 'ip' | 'bridge' | 'nft' = 'ip'): Promise<void> {
    if (lines.length === 0) return;
    if (tool === 'nft') await this.#host('nft', ['-f', '-'], `${lines.join('\n')}\n`);
    else await batchOf(this.#host, lines, tool);
  }

  async query(args: readonly string[], tool: 'ip' | 'bridge' = 'ip'): Promise<unknown> {
    const text = await this.#host(tool, ['-json', ...args]);
    return text.trim() === '' ? [] : JSON.parse(text);
  }

  async sysctl(values: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(values);
    if (this.netns === undefined) {
      for (const [path, value] of entries) await writeFile(`/proc/sys/${path}`, value);
      return;
    }
    for (const [path, value] of entries) await this.#host('tee', [`/proc/sys/${path}`], value);
  }

  monitor(kinds: readonly ('route' | 'link' | 'neigh' | 'address')[], changed: (line: string) => void): () => void {
    const args = ['monitor', ...kinds];
    const [command, ...rest] = this.netns === undefined ? ['ip', ...args] : ['nsenter', `--net=${this.netns}`, '--', 'ip', ...args];
    const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', changed);
    child.on('error', (error) => this.log.warn('changes of the network are not seen', { error: error.message }));
    return () => {
      lines.close();
      child.kill();
    };
  }

  async #link(run: RunProgram, name: string): Promise<LinkRow | undefined> {
    try {
      const text = await run('ip', ['-json', 'addr', 'show', 'dev', name]);
      return (JSON.parse(text) as LinkRow[]).find(({ ifname }) => ifname === name);
    } catch (error) {
      // `does not exist` of ip; the namespace itself may be gone as well.
      if (/does not exist|No such file or directory|Cannot find device/.test(String(error))) return undefined;
      throw error;
    }
  }
}

function batchOf(run: RunProgram, lines: readonly string[], tool: 'ip' | 'bridge' = 'ip'): Promise<string> {
  return run(tool, ['-batch', '-'], `${lines.join('\n')}\n`);
}

function addressesOf(link: LinkRow | undefined): readonly LinkAddress[] {
  return (link?.addr_info ?? []).map(({ local, prefixlen }) => ({ address: `${local}/${prefixlen}` }));
}

/** Name of the end outside: the same for the same interface, so that what was half made is found again. 15 bytes at most. */
function hostEnd(netns: string, ifName: string): string {
  return `veth${createHash('sha256').update(`${netns} ${ifName}`).digest('hex').slice(0, 10)}`;
}

/** Locally administered; a bridge without one of its own takes that of the first device, and changes it with it. */
function hardwareAddress(seed: string): string {
  return `02:${createHash('sha256').update(seed).digest('hex').slice(0, 10).match(/../g)!.join(':')}`;
}
