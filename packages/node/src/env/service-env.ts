import type { Service } from '@keelson/api/core/v1';

/** Upstream's variables for the services that a pod may see: `NAME_SERVICE_HOST`, `NAME_PORT_80_TCP` and so on. */
export function serviceEnv(services: readonly Service[]): readonly { readonly name: string; readonly value: string }[] {
  return services.filter(({ spec }) => spec?.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None').flatMap(variablesOf);
}

function variablesOf({ metadata, spec }: Service): { name: string; value: string }[] {
  const prefix = metadata.name.toUpperCase().replaceAll('-', '_');
  const host = spec?.clusterIP ?? '';
  const ports = spec?.ports ?? [];
  const [first] = ports;
  if (first === undefined) return [{ name: `${prefix}_SERVICE_HOST`, value: host }];
  const variables = [
    { name: `${prefix}_SERVICE_HOST`, value: host },
    { name: `${prefix}_SERVICE_PORT`, value: String(first.port) },
    ...ports.filter(({ name }) => name !== undefined && name !== '').map(({ name, port }) => ({ name: `${prefix}_SERVICE_PORT_${upper(name!)}`, value: String(port) })),
    { name: `${prefix}_PORT`, value: url(host, first.port, first.protocol) },
  ];
  for (const { port, protocol = 'TCP' } of ports) {
    const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    variables.push(
      { name, value: url(host, port, protocol) },
      { name: `${name}_PROTO`, value: protocol.toLowerCase() },
      { name: `${name}_PORT`, value: String(port) },
      { name: `${name}_ADDR`, value: host },
    );
  }
  return variables;
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function url(host: string, port: number, protocol = 'TCP'): string {
  return `${protocol.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
