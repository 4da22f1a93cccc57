import type { Pod, PodSpec } from '@keelson/api/core/v1';
import { parseResolvConf } from '../host/resolv-conf.ts';
import { dnsConfig } from './dns-config.ts';
import { hostsFile } from './hosts-file.ts';

const pod = (spec: Partial<PodSpec>): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u' }, spec: { containers: [], ...spec } }) as unknown as Pod;
const host = parseResolvConf('# made by hand\nnameserver 192.0.2.1\ndomain ignored.example\nsearch host.com.\noptions timeout:1 ndots:1\n');
const settings = { clusterDns: ['192.168.0.2'], clusterDomain: 'cluster.local', host };

describe('resolv.conf', () => {
  it('is read as the resolver reads it', () => {
    expect(host).toEqual({ servers: ['192.0.2.1'], searches: ['host.com'], options: ['timeout:1', 'ndots:1'] });
    expect(parseResolvConf('domain a.example\n').searches).toEqual(['a.example']);
  });

  it.each<[string, Partial<PodSpec>, string, string, string]>([
    ['ClusterFirst', {}, '192.168.0.2', 'default.svc.cluster.local svc.cluster.local cluster.local host.com', 'ndots:5'],
    ['ClusterFirst on the host’s network', { hostNetwork: true }, '192.0.2.1', 'host.com', 'timeout:1 ndots:1'],
    ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, '192.168.0.2', 'default.svc.cluster.local svc.cluster.local cluster.local host.com', 'ndots:5'],
    ['Default', { dnsPolicy: 'Default' }, '192.0.2.1', 'host.com', 'timeout:1 ndots:1'],
    ['None', { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.7'], searches: ['x'], options: [{ name: 'debug' }] } }, '192.0.2.7', 'x', 'debug'],
    ['own additions', { dnsConfig: { nameservers: ['192.168.0.2', '192.0.2.8'], searches: ['x'], options: [{ name: 'ndots', value: '2' }] } }, '192.168.0.2 192.0.2.8', 'default.svc.cluster.local svc.cluster.local cluster.local host.com x', 'ndots:2'],
  ])('with %s', (_, spec, servers, searches, options) => {
    const { dns, problems } = dnsConfig(pod(spec), settings);
    expect([dns.servers.join(' '), dns.searches.join(' '), dns.options.join(' ')]).toEqual([servers, searches, options]);
    expect(problems).toEqual([]);
  });

  it('falls back to the host’s where the cluster has none, and says so', () => {
    const { dns, problems } = dnsConfig(pod({}), { ...settings, clusterDns: [] });
    expect(dns.servers).toEqual(['192.0.2.1']);
    expect(problems).toEqual([['MissingClusterDNS', 'pod: "web_default(u)". kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.']]);
  });

  it('leaves out what a resolver would not take, and says so', () => {
    const own = { nameservers: ['192.0.2.11', '192.0.2.12', '192.0.2.13'], searches: Array.from({ length: 40 }, (_, index) => `d${index}`) };
    const { dns, problems } = dnsConfig(pod({ dnsConfig: own }), settings);
    expect(dns.servers).toEqual(['192.168.0.2', '192.0.2.11', '192.0.2.12']);
    expect(dns.searches).toHaveLength(32);
    expect(problems.map(([reason]) => reason)).toEqual(['DNSConfigForming', 'DNSConfigForming']);
  });
});

describe('/etc/hosts', () => {
  it('has the pod’s names and aliases, or on the host’s network the host’s', () => {
    const spec = { hostname: 'box', subdomain: 'boxes', hostAliases: [{ ip: '192.0.2.9', hostnames: ['a', 'b'] }] };
    const lines = hostsFile(pod(spec), ['10.0.0.5'], 'cluster.local', '').split('\n');
    expect(lines[1]).toBe('127.0.0.1\tlocalhost');
    expect(lines.slice(-5)).toEqual(['10.0.0.5\tbox.boxes.default.svc.cluster.local\tbox', '', '# Entries added by HostAliases.', '192.0.2.9\ta\tb', '']);
    expect(hostsFile(pod({ hostNetwork: true }), ['192.0.2.1'], 'cluster.local', '127.0.0.1 me\n')).toBe('# Kubernetes-managed hosts file (host network).\n127.0.0.1 me\n');
  });
});
