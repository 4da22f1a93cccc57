import { Pod, type Toleration } from '@keelson/api/core/v1';
import type { AdmissionHandler } from '@keelson/sdk/admission';

/** Seconds that a pod stays on a node of that state. */
export interface TolerationTimes {
  readonly notReadySeconds: number;
  readonly unreachableSeconds: number;
}

/** Adds the two tolerations that let a pod outlive a short outage of its node, unless the pod states its own. */
export function defaultTolerations({ notReadySeconds, unreachableSeconds }: TolerationTimes): AdmissionHandler {
  const defaults = [
    ['node.kubernetes.io/not-ready', notReadySeconds],
    ['node.kubernetes.io/unreachable', unreachableSeconds],
  ] as const;
  return {
    name: 'default-tolerations',
    handles: { operations: ['CREATE', 'UPDATE'], kinds: [Pod] },
    mutate(request) {
      const { spec } = request.object as Pod;
      const present = spec.tolerations ?? [];
      const missing = defaults.filter(([key]) => !present.some((toleration) => covers(toleration, key)));
      if (missing.length === 0) return;
      spec.tolerations = [...present, ...missing.map(([key, seconds]) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }))];
    },
  };
}

function covers({ key = '', effect = '' }: Toleration, wanted: string): boolean {
  return (key === wanted || key === '') && (effect === 'NoExecute' || effect === '');
}
