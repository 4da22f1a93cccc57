export { ProxyModes } from './model.ts';
export type { ProxyDelta, ProxyEndpoint, ProxyMode, ProxyStatus, ServicePort, ServicePortKey } from './model.ts';
