import { withCondition } from '@keelson/api';
import { Pod, type PodCondition } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { isPodFinished } from '@keelson/reconcile';
import { isStatus, type ApiClient } from '@keelson/sdk';

/**
 * Removes a pod that no node agent answers for. It is marked as failed first: whoever counts pods would otherwise see one
 * that was running to the last.
 */
export async function forceDelete(pod: Pod, api: ApiClient, now: number, condition?: Omit<PodCondition, 'lastTransitionTime'>): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  try {
    if (!isPodFinished(pod)) {
      const conditions = condition === undefined ? undefined : withCondition(pod.status?.conditions, { ...condition, lastTransitionTime: formatTime(now) });
      const status = { phase: 'Failed', ...(conditions === undefined ? {} : { conditions }) };
      await api.patch(Pod, { name, namespace }, { type: 'strategic', body: { metadata: { uid }, status } }, { subresource: 'status' });
    }
    await api.delete(pod, { gracePeriodSeconds: 0, preconditions: { uid } });
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}
