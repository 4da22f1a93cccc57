import { isTerminating } from '@keelson/api';
import { Pod } from '@keelson/api/core/v1';
import type { ControllerDeclaration } from '@keelson/sdk/controller';
import { forceDelete } from './force-delete.ts';

/** Removes terminating pods that never got a node: nobody else will. */
export function unscheduledPods(): ControllerDeclaration<Pod> {
  return {
    name: 'unscheduled-pods',
    for: Pod,
    select: { fieldSelector: 'spec.nodeName=' },
    async reconcile(pod, { api, clock }) {
      if (isTerminating(pod)) await forceDelete(pod, api, clock.now());
    },
  };
}
