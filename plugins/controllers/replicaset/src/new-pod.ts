import { controllerReference } from '@keelson/api';
import type { ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { newObject } from '@keelson/reconcile';

/** The pod that a replica set creates: its template with a drawn name and the set as its controller. */
export function newPod(set: ReplicaSet): Pod {
  const { metadata = {}, spec } = set.spec.template ?? {};
  return newObject(Pod, {
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      labels: metadata.labels,
      annotations: metadata.annotations,
      finalizers: metadata.finalizers,
      ownerReferences: [controllerReference(set)],
    },
    spec: spec ?? { containers: [] },
  });
}
