import { createHash } from 'node:crypto';
import type { Node } from '@keelson/api/core/v1';

/** Another node of the network, as far as packets have to know it. */
export interface Peer {
  readonly nodeName: string;
  readonly podCidr: string;
  /** Of the host. */
  readonly address: string;
  /** Of its `flannel.1`; undefined while it has none. */
  readonly tunnelMac: string | undefined;
}

const prefix = 'flannel.alpha.coreos.com';

/** Annotations in which a node tells the others about its tunnel, in the words of flannel. */
export const annotations = Object.freeze({
  backendData: `${prefix}/backend-data`,
  backendType: `${prefix}/backend-type`,
  publicIp: `${prefix}/public-ip`,
  subnetManager: `${prefix}/kube-subnet-manager`,
});

/** Undefined for a node that has no range or no address yet. */
export function peerOf({ metadata, spec, status }: Node): Peer | undefined {
  const address = metadata.annotations?.[annotations.publicIp] ?? status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const podCidr = spec?.podCIDR;
  if (podCidr === undefined || podCidr === '' || address === undefined) return undefined;
  return { nodeName: metadata.name, podCidr, address, tunnelMac: tunnelMacIn(metadata.annotations?.[annotations.backendData]) };
}

function tunnelMacIn(text: string | undefined): string | undefined {
  try {
    const mac = (JSON.parse(text ?? 'null') as { readonly VtepMAC?: unknown } | null)?.VtepMAC;
    return typeof mac === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac) ? mac.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

/** Locally administered and the same at every start, so that a device that is made again needs no new tables on other nodes. */
export function tunnelMacOf(nodeName: string, podCidr: string): string {
  const digits = createHash('sha256').update(`${nodeName} ${podCidr}`).digest('hex').slice(0, 10);
  return `02:${digits.match(/../g)!.join(':')}`;
}
