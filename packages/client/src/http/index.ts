export { httpTransport, type HttpTransport, type HttpTransportOptions } from './http-transport.ts';
export { loadKubeconfig, parseKubeconfig, type Kubeconfig } from './kubeconfig.ts';
export { inClusterConfig } from './in-cluster.ts';
export type { ConnectionConfig, Credentials } from './connection-config.ts';
