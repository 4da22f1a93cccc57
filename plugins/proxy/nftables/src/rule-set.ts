import { createHash } from 'node:crypto';
import type { ProxyEndpoint, ServicePort } from '@keelson/sdk/proxy';

/** Rules in the language of nft. */
export interface RuleContext {
  readonly table: string;
  /** Pods of this node: what comes from elsewhere to a cluster address is masqueraded, so that answers come back this way. */
  readonly podCidrs: readonly string[];
}

/** Bit of the packet mark that asks for masquerading; upstream's. */
const masqueradeMark = '0x4000';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Names of a service port's chains; the same in every run, so that a rule set can be read. */
export const serviceChain = ({ key, protocol }: ServicePort): string => `svc-${hash(`${key} ${protocol}`)}`;
export const externalChain = ({ key, protocol }: ServicePort): string => `ext-${hash(`${key} ${protocol}`)}`;
export const endpointChain = ({ key, protocol }: ServicePort, { address, port }: ProxyEndpoint): string => `ep-${hash(`${key} ${protocol} ${address} ${port}`)}`;
export const affinitySet = (service: ServicePort, endpoint: ProxyEndpoint): string => endpointChain(service, endpoint).replace('ep-', 'affinity-');

/** The parts of the table that do not depend on services. */
export function baseRules({ table }: RuleContext): string[] {
  return [
    `table ip ${table} {`,
    '  set cluster-ips { type ipv4_addr; }',
    '  map services { type ipv4_addr . inet_proto . inet_service : verdict; }',
    '  map node-ports { type inet_proto . inet_service : verdict; }',
    '  map refused-ips { type ipv4_addr . inet_proto . inet_service : verdict; }',
    '  map refused-ports { type inet_proto . inet_service : verdict; }',
    `  chain mark-masquerade { meta mark set meta mark or ${masqueradeMark}; }`,
    // A reset is not held back as ICMP errors are when there are many.
    '  chain refuse { meta l4proto tcp reject with tcp reset; reject; }',
    '  chain ignore { drop; }',
    '  chain services-chain {',
    '    ip daddr . meta l4proto . th dport vmap @services',
    '    ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @node-ports',
    '  }',
    '  chain refused-chain {',
    '    ct state new ip daddr . meta l4proto . th dport vmap @refused-ips',
    '    ct state new ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @refused-ports',
    // Still a cluster address after translation: no such port, or nobody behind it.
    '    ct state new ip daddr @cluster-ips goto refuse',
    '  }',
    '  chain prerouting { type nat hook prerouting priority -100; policy accept; jump services-chain; }',
    '  chain output { type nat hook output priority -100; policy accept; jump services-chain; }',
    '  chain input-filter { type filter hook input priority -110; policy accept; jump refused-chain; }',
    '  chain forward-filter { type filter hook forward priority -110; policy accept; jump refused-chain; }',
    '  chain output-filter { type filter hook output priority -10; policy accept; jump refused-chain; }',
    '  chain postrouting {',
    '    type nat hook postrouting priority 100; policy accept;',
    `    meta mark & ${masqueradeMark} != ${masqueradeMark} return`,
    `    meta mark set meta mark xor ${masqueradeMark}`,
    '    masquerade fully-random',
    '  }',
    '}',
  ];
}

/** Distinct endpoints of both kinds of traffic. */
export function endpointsOf({ endpoints, externalEndpoints }: ServicePort): readonly ProxyEndpoint[] {
  return [...new Map([...endpoints, ...externalEndpoints].map((each) => [`${each.address}:${each.port}`, each])).values()];
}

/** Elements of the maps that lead to a service port, as `map key verdict`; what is no longer in it goes away. */
export function elementsOf(service: ServicePort): ReadonlyMap<string, string> {
  const elements = new Map<string, string>();
  const { protocol, port, nodePort, clusterIps, externalIps, loadBalancerIps, endpoints, externalEndpoints, externalPolicy } = service;
  const spoken = protocol.toLowerCase();
  const isIpv4 = (address: string): boolean => !address.includes(':');
  const external = [...externalIps, ...loadBalancerIps].filter(isIpv4);
  if (endpoints.length > 0) for (const address of clusterIps.filter(isIpv4)) elements.set(`services ${address} . ${spoken} . ${port}`, `goto ${serviceChain(service)}`);
  // A pod of this node reaches the service from inside, also when nobody outside may.
  const opensOutside = externalEndpoints.length > 0 || (externalPolicy === 'Local' && endpoints.length > 0);
  for (const address of external) {
    if (opensOutside) elements.set(`services ${address} . ${spoken} . ${port}`, `goto ${externalChain(service)}`);
    if (externalEndpoints.length === 0) elements.set(`refused-ips ${address} . ${spoken} . ${port}`, externalPolicy === 'Local' && endpoints.length > 0 ? 'goto ignore' : 'goto refuse');
  }
  if (nodePort > 0) {
    if (opensOutside) elements.set(`node-ports ${spoken} . ${nodePort}`, `goto ${externalChain(service)}`);
    if (externalEndpoints.length === 0) elements.set(`refused-ports ${spoken} . ${nodePort}`, externalPolicy === 'Local' && endpoints.length > 0 ? 'goto ignore' : 'goto refuse');
  }
  return elements;
}

/** The rules of a service port's chains by chain; the chains of endpoints are separate. */
export function chainsOf(service: ServicePort, { podCidrs }: RuleContext): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>();
  const { endpoints, externalEndpoints, externalPolicy, externalIps, loadBalancerIps, loadBalancerSourceRanges, nodePort } = service;
  const pods = podCidrs.filter((range) => range !== '' && !range.includes(':'));
  const fromElsewhere = pods.length === 0 ? '' : `ip saddr != { ${pods.join(', ')} } `;
  if (endpoints.length > 0) {
    const cluster = service.clusterIps.filter((address) => !address.includes(':'));
    chains.set(serviceChain(service), [
      ...(cluster.length === 0 || pods.length === 0 ? [] : [`ip daddr { ${cluster.join(', ')} } ${fromElsewhere}jump mark-masquerade`]),
      ...balance(service, endpoints),
    ]);
  }
  if (nodePort > 0 || externalIps.length > 0 || loadBalancerIps.length > 0) {
    chains.set(externalChain(service), [
      ...sourceRules(service, loadBalancerSourceRanges),
      ...(externalPolicy === 'Local' ? localRules(service, pods) : ['jump mark-masquerade', ...(endpoints.length > 0 ? [`goto ${serviceChain(service)}`] : [])]),
      ...(externalPolicy === 'Local' ? balance(service, externalEndpoints) : []),
    ]);
  }
  return chains;
}

/** The chain of one endpoint: hairpin, affinity, translation. */
export function endpointRules(service: ServicePort, endpoint: ProxyEndpoint): readonly string[] {
  const { address, port } = endpoint;
  return [
    // A pod that is balanced to itself must see the answer come from outside.
    `ip saddr ${address} jump mark-masquerade`,
    ...(service.affinitySeconds > 0 ? [`update @${affinitySet(service, endpoint)} { ip saddr }`] : []),
    `meta l4proto ${service.protocol.toLowerCase()} dnat to ${address}:${port}`,
  ];
}

function sourceRules({ loadBalancerIps }: ServicePort, ranges: readonly string[]): readonly string[] {
  const own = ranges.map((range) => range.trim()).filter((range) => range !== '' && !range.includes(':'));
  const addresses = loadBalancerIps.filter((address) => !address.includes(':'));
  if (own.length === 0 || addresses.length === 0) return [];
  return [`ip daddr { ${addresses.join(', ')} } ip saddr != { ${own.join(', ')} } drop`];
}

/** With `externalTrafficPolicy: Local` pods and the host itself still reach all endpoints. */
function localRules(service: ServicePort, pods: readonly string[]): readonly string[] {
  if (service.endpoints.length === 0) return [];
  const chain = serviceChain(service);
  return [
    ...(pods.length === 0 ? [] : [`ip saddr { ${pods.join(', ')} } goto ${chain}`]),
    'fib saddr type local jump mark-masquerade',
    `fib saddr type local goto ${chain}`,
  ];
}

function balance(service: ServicePort, endpoints: readonly ProxyEndpoint[]): readonly string[] {
  if (endpoints.length === 0) return [];
  const stay = service.affinitySeconds > 0 ? endpoints.map((endpoint) => `ip saddr @${affinitySet(service, endpoint)} goto ${endpointChain(service, endpoint)}`) : [];
  const verdicts = endpoints.map((endpoint, at) => `${at} : goto ${endpointChain(service, endpoint)}`).join(', ');
  return [...stay, endpoints.length === 1 ? `goto ${endpointChain(service, endpoints[0]!)}` : `numgen random mod ${endpoints.length} vmap { ${verdicts} }`];
}
