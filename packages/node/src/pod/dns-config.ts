import type { Pod } from '@keelson/api/core/v1';
import type { DnsConfig } from '@keelson/sdk/runtime';

/** The cluster's DNS, and the host's own. */
export interface DnsSettings {
  /** Empty: the cluster has none that this node knows of. */
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly host: DnsConfig;
}

/** What the resolver of a pod takes at most (upstream's and glibc's limits). */
const most = { servers: 3, searches: 32, searchLength: 2048 };

/** The pod's resolver configuration by its policy; `problems` are events for the user: reason and message. */
export function dnsConfig(pod: Pod, { clusterDns, clusterDomain, host }: DnsSettings): { readonly dns: DnsConfig; readonly problems: readonly (readonly [string, string])[] } {
  const { metadata, spec } = pod;
  const problems: (readonly [string, string])[] = [];
  let policy = spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'ClusterFirst' && spec.hostNetwork === true) policy = 'Default';
  if (policy.startsWith('ClusterFirst') && clusterDns.length === 0) {
    const name = `${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid})`;
    problems.push(['MissingClusterDNS', `pod: "${name}". kubelet does not have ClusterDNS IP configured and cannot create Pod using "${policy}" policy. Falling back to "Default" policy.`]);
    policy = 'Default';
  }
  const cluster = [`${metadata.namespace ?? ''}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  const base: DnsConfig =
    policy === 'None' ? { servers: [], searches: [], options: [] } : policy === 'Default' ? host : { servers: clusterDns, searches: [...cluster, ...host.searches], options: ['ndots:5'] };
  const own = spec.dnsConfig;
  const merged: DnsConfig = {
    servers: unique([...base.servers, ...(own?.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own?.searches ?? [])]),
    options: mergeOptions(base.options, (own?.options ?? []).map(({ name = '', value }) => (value === undefined || value === '' ? name : `${name}:${value}`))),
  };
  const dns = limited(merged, problems);
  return { dns, problems };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** Later ones win by name. */
function mergeOptions(base: readonly string[], own: readonly string[]): readonly string[] {
  return [...new Map([...base, ...own].map((option) => [option.split(':')[0]!, option])).values()];
}

function limited({ servers, searches, options }: DnsConfig, problems: (readonly [string, string])[]): DnsConfig {
  const kept = searches.slice(0, most.searches);
  while (kept.join(' ').length > most.searchLength) kept.pop();
  if (servers.length > most.servers) {
    problems.push(['DNSConfigForming', `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.slice(0, most.servers).join(' ')}`]);
  }
  if (kept.length < searches.length) {
    problems.push(['DNSConfigForming', `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${kept.join(' ')}`]);
  }
  return { servers: servers.slice(0, most.servers), searches: kept, options };
}
