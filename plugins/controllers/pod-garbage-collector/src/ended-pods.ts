import { isTerminating } from '@keelson/api';
import { Pod } from '@keelson/api/core/v1';
import type { ControllerDeclaration } from '@keelson/sdk/controller';
import { forceDelete } from './force-delete.ts';

/** Keeps at most `threshold` pods that have ended; evicted ones go first, then the oldest. 0: keeps all. */
export function endedPods(threshold: number): ControllerDeclaration<Pod> {
  return {
    name: 'ended-pods',
    for: Pod,
    select: { fieldSelector: 'status.phase!=Pending,status.phase!=Running,status.phase!=Unknown' },
    async reconcile(_, { api, caches, clock }) {
      if (threshold === 0) return;
      const ended = caches.list(Pod);
      if (ended.length <= threshold) return;
      const surplus = [...ended].sort(firstToGo).slice(0, ended.length - threshold);
      for (const pod of surplus) if (!isTerminating(pod)) await forceDelete(pod, api, clock.now());
    },
  };
}

function firstToGo(a: Pod, b: Pod): number {
  const evicted = Number(isEvicted(b)) - Number(isEvicted(a));
  if (evicted !== 0) return evicted;
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function isEvicted({ status }: Pod): boolean {
  return status?.phase === 'Failed' && status.reason === 'Evicted';
}
