import { flannelPlugin } from '@keelson/pod-network';

/** Flannel's vxlan. */
export default flannelPlugin({
  name: '@keelson/cni-flannel-vxlan',
  variant: 'flannel-vxlan',
  summary: 'a bridge per node and a VXLAN tunnel to each other node',
  backend: 'vxlan',
});
