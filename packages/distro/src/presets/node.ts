import cniBridge from '@keelson/cni-bridge';
import cniChain from '@keelson/cni-chain';
import cniFlannelHostGw from '@keelson/cni-flannel-host-gw';
import cniFlannelMixed from '@keelson/cni-flannel-mixed';
import cniFlannelVxlan from '@keelson/cni-flannel-vxlan';
import cniHostLocal from '@keelson/cni-host-local';
import cniNetlink from '@keelson/cni-netlink';
import dnsCache from '@keelson/dns-cache';
import dnsCluster from '@keelson/dns-cluster';
import dnsForward from '@keelson/dns-forward';
import dnsServer from '@keelson/dns-server';
import nodeAgent from '@keelson/node/plugin';
import proxyCore from '@keelson/proxy-core';
import proxyNftables from '@keelson/proxy-nftables';
import runtimeCri from '@keelson/runtime-cri';
import runtimeProcess from '@keelson/runtime-process';
import runtimeSim from '@keelson/runtime-sim';
import volumeConfigMap from '@keelson/volume-config-map';
import volumeDownwardApi from '@keelson/volume-downward-api';
import volumeEmptyDir from '@keelson/volume-empty-dir';
import volumeHostPath from '@keelson/volume-host-path';
import volumeProjected from '@keelson/volume-projected';
import volumeSecret from '@keelson/volume-secret';
import { defineDistribution } from '../definition.ts';
import { orders } from './orders.ts';

/**
 * What runs on a host with an agent process of its own, against the API server over HTTPS: the node agent with every
 * runtime, volumes, and the data plane. Its plugins' rules together are the role of nodes.
 */
export const node = defineDistribution({
  name: 'node',
  version: '0.1.0',
  extends: [orders],
  plugins: [
    nodeAgent, runtimeCri, runtimeProcess, runtimeSim,
    volumeConfigMap, volumeDownwardApi, volumeEmptyDir, volumeHostPath, volumeProjected, volumeSecret,
    cniBridge, cniChain, cniFlannelHostGw, cniFlannelMixed, cniFlannelVxlan, cniHostLocal, cniNetlink,
    dnsCache, dnsCluster, dnsForward, dnsServer,
    proxyCore, proxyNftables,
  ],
});
