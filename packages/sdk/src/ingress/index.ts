export { IngressProxies } from './routing.ts';
export type {
  IngressBackend, IngressCertificate, IngressDelta, IngressEndpoint, IngressHost, IngressPath, IngressProxy, IngressRouting,
} from './routing.ts';
