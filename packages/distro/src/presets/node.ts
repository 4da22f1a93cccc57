import nodeAgent from '@keelson/node/plugin';
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
import {
  cniBridge, cniChain, cniFlannelHostGw, cniFlannelMixed, cniFlannelVxlan, cniHostLocal, cniNetlink, dnsCache,
  dnsCluster, dnsForward, dnsHosts, dnsServer, ingressBuiltIn, ingressCore, proxyCore, proxyNftables,
} from './node-only.ts';
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
    dnsCache, dnsCluster, dnsForward, dnsHosts, dnsServer,
    proxyCore, proxyNftables,
    ingressBuiltIn, ingressCore,
  ],
});
