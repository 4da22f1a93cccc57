import { Node } from '@keelson/api/core/v1';
import type { AdmissionHandler } from '@keelson/sdk/admission';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A node is born unready: nothing is placed on it before its agent has said otherwise. */
export const taintNewNodes: AdmissionHandler = {
  name: 'taint-nodes-by-condition',
  handles: { operations: ['CREATE'], kinds: [Node] },
  mutate(request) {
    const node = request.object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return;
    node.spec = { ...node.spec, taints: [...taints, { ...notReady }] };
  },
};
