import type { EndpointPort } from '@keelson/api/discovery/v1';

/** Equal texts mean equal ports, whatever their order. */
export function portsKey(ports: readonly EndpointPort[] | undefined): string {
  return (ports ?? []).map(({ name = '', port = 0, protocol = 'TCP', appProtocol = '' }) => `${name} ${port} ${protocol} ${appProtocol}`).sort().join('; ');
}
