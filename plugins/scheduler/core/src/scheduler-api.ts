import { isStatus, type ApiClient } from '@keelson/sdk';
import { Pod, type Binding } from '@keelson/api/core/v1';

/** The writes that the scheduler makes. */
export interface SchedulerApi {
  bind(pod: Pod, nodeName: string): Promise<void>;
  /** Does nothing when the pod is gone. */
  patchStatus(pod: Pod, patch: object): Promise<void>;
}

/** Writes through the plugin's client. */
export function schedulerApi(client: ApiClient): SchedulerApi {
  return {
    async bind(pod, nodeName) {
      const { name, namespace, uid } = pod.metadata;
      const body = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      } as Binding;
      await client.subresource<Binding, unknown>(Pod, { name, namespace }, 'binding', 'create', body);
    },
    async patchStatus(pod, patch) {
      const { name, namespace } = pod.metadata;
      try {
        await client.patch(Pod, { name, namespace }, { type: 'strategic', body: patch }, { subresource: 'status' });
      } catch (error) {
        if (!isStatus(error, 'NotFound') && !isStatus(error, 'Conflict')) throw error;
      }
    },
  };
}
