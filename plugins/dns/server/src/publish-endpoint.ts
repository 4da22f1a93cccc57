import { Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { newObject } from '@keelson/client';
import { isStatus, type ApiClient } from '@keelson/sdk';

/** Where pods find this server. */
export interface Publication {
  readonly namespace: string;
  readonly service: string;
  readonly clusterIp: string;
  readonly nodeName: string;
  /** Of this server, reachable from pods; not a loopback address. */
  readonly address: string;
  readonly port: number;
}

const manager = 'keelson-dns-server';

/**
 * Makes sure of the DNS service and adds this server to it in a slice of its own. The service keeps to the node
 * (`internalTrafficPolicy: Local`): each node's pods ask their own node's server, so that a host that is lost takes no
 * other pod's names with it.
 */
export async function publishEndpoint(api: ApiClient, { namespace, service, clusterIp, nodeName, address, port }: Publication): Promise<void> {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' as const, targetPort: port },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' as const, targetPort: port },
  ];
  try {
    await api.create(newObject(Service, {
      metadata: { name: service, namespace, labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS', 'kubernetes.io/cluster-service': 'true' } },
      spec: { clusterIP: clusterIp, internalTrafficPolicy: 'Local', ports },
    }));
  } catch (error) {
    // Another node's server may have been faster: then its name, or its address, is taken.
    if (!isStatus(error, 'AlreadyExists') && (await api.get(Service, { namespace, name: service })) === undefined) throw error;
  }
  const name = sliceName(service, nodeName);
  const slice = newObject(EndpointSlice, {
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': manager } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], nodeName, conditions: { ready: true, serving: true, terminating: false } }],
    ports: ports.map((each) => ({ name: each.name, port, protocol: each.protocol })),
  });
  await api.patch(EndpointSlice, { namespace, name }, { type: 'apply', body: slice, force: true }, { fieldManager: manager });
}

/** Takes this server out of the DNS service; fine when it never was in it. */
export async function withdrawEndpoint(api: ApiClient, { namespace, service, nodeName }: Pick<Publication, 'namespace' | 'service' | 'nodeName'>): Promise<void> {
  await api.delete({ kind: EndpointSlice, ref: { namespace, name: sliceName(service, nodeName) } });
}

function sliceName(service: string, nodeName: string): string {
  return `${service}-${nodeName}`;
}
