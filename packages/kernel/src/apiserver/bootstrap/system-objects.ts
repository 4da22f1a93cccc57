import type { Kind } from '@keelson/api';
import { Namespace } from '@keelson/api/core/v1';
import { PriorityClass } from '@keelson/api/scheduling/v1';
import type { MutableObject } from '../mutable-object.ts';

/** One object that every cluster has from its first moment. */
export interface SystemObject {
  readonly kind: Kind;
  readonly object: MutableObject;
}

/** Namespaces and priority classes of a fresh cluster, as upstream creates them. */
export function systemObjects(): SystemObject[] {
  return [
    ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({ kind: Namespace as Kind, object: namespace(name) })),
    priority('system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'),
    priority('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
  ];
}

function namespace(name: string): MutableObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  } as unknown as MutableObject;
}

function priority(name: string, value: number, description: string): SystemObject {
  return {
    kind: PriorityClass,
    object: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name, generation: 1 }, value, description, preemptionPolicy: 'PreemptLowerPriority' } as unknown as MutableObject,
  };
}
