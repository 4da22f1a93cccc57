import { flannelPlugin } from '@keelson/pod-network';

/** Flannel's vxlan with DirectRouting. */
export default flannelPlugin({
  name: '@keelson/cni-flannel-mixed',
  variant: 'flannel-mixed',
  summary: 'a bridge per node, routes to near nodes and a VXLAN tunnel to far ones',
  backend: 'mixed',
});
