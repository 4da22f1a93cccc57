import type { Pod } from '@keelson/api/core/v1';

const key = 'node.kubernetes.io/unschedulable';

/** True if the pod tolerates the taint that a cordon stands for, as the pods of a DaemonSet do. */
export function toleratesCordon(pod: Pod): boolean {
  return (pod.spec.tolerations ?? []).some(
    (toleration) =>
      (toleration.effect === undefined || toleration.effect === '' || toleration.effect === 'NoSchedule') &&
      (toleration.key === undefined || toleration.key === '' ? toleration.operator === 'Exists' : toleration.key === key) &&
      (toleration.operator === 'Exists' || (toleration.value ?? '') === ''),
  );
}
