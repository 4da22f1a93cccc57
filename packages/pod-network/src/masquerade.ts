import type { NetLink } from '@keelson/sdk/cni';

export interface MasqueradeOptions {
  readonly table: string;
  /** Of this node's pods. */
  readonly podCidr: string;
  /** Destinations that see pods by their own addresses. */
  readonly clusterCidrs: readonly string[];
}

/** What leaves the cluster leaves with the host's address; replaced in one transaction. */
export async function masqueradeLeaving(link: NetLink, { table, podCidr, clusterCidrs }: MasqueradeOptions): Promise<void> {
  await link.batch(
    [
      `add table ip ${table}`,
      `delete table ip ${table}`,
      `table ip ${table} {`,
      `  set cluster { type ipv4_addr; flags interval; elements = { ${clusterCidrs.join(', ')} } }`,
      '  chain postrouting {',
      '    type nat hook postrouting priority srcnat; policy accept;',
      '    ip daddr 224.0.0.0/4 return',
      `    ip saddr ${podCidr} ip daddr != @cluster masquerade fully-random`,
      '  }',
      '}',
    ],
    'nft',
  );
}

/** Fine when it is not there. */
export async function removeMasquerade(link: NetLink, table: string): Promise<void> {
  await link.batch([`add table ip ${table}`, `delete table ip ${table}`], 'nft');
}
