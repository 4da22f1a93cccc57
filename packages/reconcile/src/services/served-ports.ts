import type { Pod, Service, ServicePort } from '@keelson/api/core/v1';

/** One port of a service as a pod serves it; a form that Endpoints and EndpointSlices both take. */
export interface ServedPort {
  /** Empty for the only port of a service that has no name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** The ports of the service as this pod serves them; a named port that the pod does not have is left out. */
export function servedPorts(service: Service, pod: Pod): ServedPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(servicePort, pod);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function targetPortOf({ targetPort, port, protocol = 'TCP' }: ServicePort, { spec }: Pod): number | undefined {
  if (typeof targetPort !== 'string') return targetPort === undefined || targetPort === 0 ? port : targetPort;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...spec.containers, ...sidecars]) {
    const found = (container.ports ?? []).find(({ name, protocol: spoken = 'TCP' }) => name === targetPort && spoken === protocol);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}
