import type { NetLink } from '@keelson/sdk/cni';
import { networkAddress } from './desired-network.ts';

interface AddressRow {
  readonly ifname?: string;
  readonly mtu?: number;
  readonly addr_info?: readonly { readonly family?: string; readonly local?: string; readonly prefixlen?: number }[];
}

/** The device that has an address, and the network that it is in; undefined when no device has it. */
export async function deviceOf(link: NetLink, address: string): Promise<{ readonly device: string; readonly network: string; readonly mtu: number } | undefined> {
  for (const { ifname, mtu, addr_info: held } of (await link.query(['addr', 'show'])) as readonly AddressRow[]) {
    const found = held?.find(({ family, local }) => family === 'inet' && local === address);
    if (ifname !== undefined && found !== undefined) return { device: ifname, network: `${networkAddress(`${address}/${found.prefixlen}`)}/${found.prefixlen}`, mtu: mtu ?? 1500 };
  }
  return undefined;
}
