import { flannelPlugin } from '@keelson/pod-network';

/** Flannel's host-gw. */
export default flannelPlugin({
  name: '@keelson/cni-flannel-host-gw',
  variant: 'flannel-host-gw',
  summary: 'a bridge per node and a route to each other node',
  backend: 'host-gw',
});
