import type { Pod } from '@keelson/api/core/v1';
import { fullName, hostName } from './host-name.ts';

const loopback = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', 'fe00::0\tip6-localnet', 'fe00::0\tip6-mcastprefix', 'fe00::1\tip6-allnodes', 'fe00::2\tip6-allrouters'];

/** The `/etc/hosts` of a pod; `hostFile` is the node's own, which pods on its network get. */
export function hostsFile(pod: Pod, ips: readonly string[], clusterDomain: string, hostFile: string): string {
  const base = pod.spec.hostNetwork === true ? ['# Kubernetes-managed hosts file (host network).', hostFile.trimEnd()] : ['# Kubernetes-managed hosts file.', ...loopback, ...own(pod, ips, clusterDomain)];
  return `${[...base, ...aliases(pod)].join('\n')}\n`;
}

function own(pod: Pod, ips: readonly string[], clusterDomain: string): readonly string[] {
  const name = hostName(pod);
  const full = fullName(pod, clusterDomain);
  return ips.map((ip) => (full === undefined ? `${ip}\t${name}` : `${ip}\t${full}\t${name}`));
}

function aliases({ spec }: Pod): readonly string[] {
  const entries = spec.hostAliases ?? [];
  return entries.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...entries.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t'))];
}
