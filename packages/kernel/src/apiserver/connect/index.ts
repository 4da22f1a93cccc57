export { tunnel } from './tunnel.ts';
export type { TunnelEnd } from './tunnel.ts';
