import { networkInterfaces } from 'node:os';
import { Endpoints, Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import type { ApiClient } from '@keelson/sdk';

/** Address under which the API server can be reached from other hosts; loopback is not allowed in Endpoints. */
export function advertiseAddress(bindAddress: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bindAddress) && !bindAddress.startsWith('127.') && bindAddress !== '0.0.0.0') return bindAddress;
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return undefined;
}

/** Keeps `default/kubernetes` (service, endpoints, slice) pointing at this server, as the upstream server does for itself. */
export async function publishKubernetesService(api: ApiClient, options: { readonly clusterIp: string; readonly address: string | undefined; readonly port: number }): Promise<void> {
  const ref = { name: 'kubernetes', namespace: 'default' };
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  if ((await api.get(Service, ref)) === undefined) {
    await api.create({
      apiVersion: 'v1', kind: 'Service', metadata: { ...ref, labels },
      spec: {
        type: 'ClusterIP', clusterIP: options.clusterIp, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', sessionAffinity: 'None',
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: options.port }],
      },
    } as unknown as Service);
  }
  if (options.address === undefined) return;
  const endpoints = {
    apiVersion: 'v1', kind: 'Endpoints', metadata: { ...ref, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: options.address }], ports: [{ name: 'https', port: options.port, protocol: 'TCP' }] }],
  };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...ref, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [options.address], conditions: { ready: true } }],
    ports: [{ name: 'https', port: options.port, protocol: 'TCP' }],
  };
  await put(api, Endpoints, endpoints as unknown as Endpoints, ref);
  await put(api, EndpointSlice, slice as unknown as EndpointSlice, ref);
}

/** Puts the service back whenever somebody deletes it: everything in the cluster finds the API by it. Stops with the client's server. */
export function restoreKubernetesService(api: ApiClient, options: Parameters<typeof publishKubernetesService>[1], failed: (error: Error) => void): void {
  const watch = (): void => {
    api.watch(Service, { namespace: 'default', fieldSelector: 'metadata.name=kubernetes' }, {
      event: ({ type }) => {
        if (type === 'DELETED') publishKubernetesService(api, options).catch(failed);
      },
      // A server that drains ends its watches with an error; one that timed out is opened again.
      end: (error) => {
        if (error === undefined) watch();
      },
    });
  };
  watch();
}

/** The server's port may have changed since the last run, so what is there is replaced. */
async function put<T extends Endpoints | EndpointSlice>(api: ApiClient, kind: Parameters<ApiClient['get']>[0], object: T, ref: { name: string; namespace: string }): Promise<void> {
  const present = await api.get(kind, ref);
  if (present === undefined) await api.create(object);
  else await api.update({ ...object, metadata: { ...object.metadata, resourceVersion: present.metadata.resourceVersion } });
}
