/** Plugins that only hosts run: loaded by an agent, and when a distribution file asks for one. */
export { default as cniBridge } from '@keelson/cni-bridge';
export { default as cniChain } from '@keelson/cni-chain';
export { default as cniFlannelHostGw } from '@keelson/cni-flannel-host-gw';
export { default as cniFlannelMixed } from '@keelson/cni-flannel-mixed';
export { default as cniFlannelVxlan } from '@keelson/cni-flannel-vxlan';
export { default as cniHostLocal } from '@keelson/cni-host-local';
export { default as cniNetlink } from '@keelson/cni-netlink';
export { default as dnsCache } from '@keelson/dns-cache';
export { default as dnsCluster } from '@keelson/dns-cluster';
export { default as dnsForward } from '@keelson/dns-forward';
export { default as dnsHosts } from '@keelson/dns-hosts';
export { default as dnsServer } from '@keelson/dns-server';
export { default as ingressBuiltIn } from '@keelson/ingress-built-in';
export { default as ingressCore } from '@keelson/ingress-core';
export { default as proxyCore } from '@keelson/proxy-core';
export { default as proxyNftables } from '@keelson/proxy-nftables';
