import type { Attachment, AttachmentResult } from '@keelson/sdk/cni';
import type { PortMapping, RuntimeNode } from '@keelson/sdk/runtime';

/** One call as the specification defines it (https://www.cni.dev/docs/spec/#section-2-execution-protocol). */
export interface CniCall {
  readonly command: string;
  readonly containerId: string;
  readonly netns: string;
  readonly ifName: string;
  /** Of `CNI_ARGS`; containerd tells the pod there. */
  readonly args: Readonly<Record<string, string>>;
  readonly config: CniConfig;
}

interface CniConfig {
  readonly cniVersion?: string;
  readonly runtimeConfig?: { readonly portMappings?: readonly CniPort[] };
}

/** The `portMappings` capability. containerd writes its keys as `HostPort`, others as `hostPort`; protocols in lower case. */
type CniPort = Readonly<Record<string, unknown>>;

/** Parses what the shim sends; throws on what is none. */
export function parseCniCall(text: string): CniCall {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new Error('the call has no end of its variables');
  const variables = new Map(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const));
  const body = text.slice(end + 2).trim();
  const args = (variables.get('CNI_ARGS') ?? '').split(';').filter((word) => word.includes('='));
  return {
    command: variables.get('CNI_COMMAND') ?? '',
    containerId: variables.get('CNI_CONTAINERID') ?? '',
    netns: variables.get('CNI_NETNS') ?? '',
    ifName: variables.get('CNI_IFNAME') ?? 'eth0',
    args: Object.fromEntries(args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])),
    config: body === '' ? {} : (JSON.parse(body) as CniConfig),
  };
}

/** What the pod network is asked for. */
export function attachmentOf({ containerId, netns, ifName, args, config }: CniCall, node: RuntimeNode): Attachment {
  return {
    containerId, netns, ifName,
    pod: { uid: args['K8S_POD_UID'] ?? '', name: args['K8S_POD_NAME'] ?? '', namespace: args['K8S_POD_NAMESPACE'] ?? '' },
    node: { name: node.nodeName, address: node.hostIp, podCidr: node.podCidr },
    portMappings: (config.runtimeConfig?.portMappings ?? []).map(portMapping),
  };
}

/** The result of an ADD, version 1.0.0. */
export function cniResult({ ips, routes, dns }: AttachmentResult, { ifName, netns, config }: CniCall): object {
  return {
    cniVersion: config.cniVersion ?? '1.0.0',
    interfaces: [{ name: ifName, sandbox: netns }],
    ips: ips.map(({ address, gateway }) => ({ address, ...(gateway === undefined ? {} : { gateway }), interface: 0 })),
    routes: routes ?? [],
    dns: dns ?? {},
  };
}

function portMapping(given: CniPort): PortMapping {
  const port = Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  const hostIp = String(port['hostip'] ?? '');
  return {
    protocol: String(port['protocol'] ?? 'tcp').toUpperCase() as PortMapping['protocol'],
    containerPort: Number(port['containerport'] ?? 0),
    hostPort: Number(port['hostport'] ?? 0),
    ...(hostIp === '' ? {} : { hostIp }),
  };
}
