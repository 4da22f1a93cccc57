import { ConfigMap, PersistentVolume, PersistentVolumeClaim, Secret } from '@keelson/api/core/v1';
import type { ApiClient, Clock } from '@keelson/sdk';
import type { VolumeSources } from '@keelson/sdk/volumes';
import { fieldRef } from '../env/field-ref.ts';
import { resourceFieldRef } from '../env/resource-field-ref.ts';
import { TokenCache } from './token-cache.ts';

/** What all volumes of a node read from. */
export interface SourceMeans {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly hostIp: string;
  readonly allocatable: Readonly<Record<string, string>>;
}

/** The sources of one pod's volumes. Objects come from the API server itself, so they are never older than the pod. */
export function volumeSources({ api, clock, hostIp, allocatable }: SourceMeans): VolumeSources {
  const tokens = new TokenCache(api, clock);
  return {
    configMap: (namespace, name) => api.get(ConfigMap, { namespace, name }),
    secret: (namespace, name) => api.get(Secret, { namespace, name }),
    claim: (namespace, name) => api.get(PersistentVolumeClaim, { namespace, name }),
    persistentVolume: (name) => api.get(PersistentVolume, { name }),
    token: (pod, request) => tokens.get(pod, request),
    field(pod, fieldPath) {
      const value = fieldRef(pod, fieldPath, { podIps: (pod.status?.podIPs ?? []).map(({ ip }) => ip), hostIp });
      if (value === undefined) throw new Error(`unsupported fieldPath: ${fieldPath}`);
      return value;
    },
    resourceField(pod, containerName, resource, divisor) {
      const value = resourceFieldRef(pod, containerName, { containerName, resource, ...(divisor === undefined ? {} : { divisor }) }, allocatable);
      if (value === undefined) throw new Error(`unsupported container resource : ${resource}`);
      return value;
    },
  };
}

/** The same sources; which objects were read goes into `read`, with the resourceVersion that they had. */
export function recording(sources: VolumeSources, read: Map<string, string | undefined>): VolumeSources {
  return {
    ...sources,
    async configMap(namespace, name) {
      const object = await sources.configMap(namespace, name);
      read.set(`configmaps/${namespace}/${name}`, object?.metadata.resourceVersion);
      return object;
    },
    async secret(namespace, name) {
      const object = await sources.secret(namespace, name);
      read.set(`secrets/${namespace}/${name}`, object?.metadata.resourceVersion);
      return object;
    },
  };
}
