import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { newObject } from '@keelson/reconcile';
import { annotation } from '../annotations.ts';

/** A deployment for tests of the pure steps. */
export function deployment(replicas: number, spec: Partial<Deployment['spec']> = {}, status: Deployment['status'] = undefined): Deployment {
  return newObject(Deployment, {
    metadata: { name: 'web', namespace: 'a', uid: 'd', generation: 1 },
    spec: {
      replicas, selector: { matchLabels: { app: 'web' } }, progressDeadlineSeconds: 600,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...spec,
    },
    status,
  });
}

/** Shape of a test's replica set. */
export interface SetShape {
  readonly available?: number;
  readonly actual?: number;
  readonly desired?: number;
  readonly max?: number;
  readonly revision?: number;
  readonly image?: string;
  readonly age?: number;
  readonly observed?: boolean;
}

/** A replica set for tests of the pure steps; everything available unless said otherwise. */
export function set(name: string, replicas: number, shape: SetShape = {}): ReplicaSet {
  const { available = replicas, actual = replicas, desired, max, revision, image = 'nginx:1', age = 0, observed = true } = shape;
  const annotations = {
    ...(desired === undefined ? {} : { [annotation.desired]: String(desired) }),
    ...(max === undefined ? {} : { [annotation.max]: String(max) }),
    ...(revision === undefined ? {} : { [annotation.revision]: String(revision) }),
  };
  return newObject(ReplicaSet, {
    metadata: { name, namespace: 'a', uid: name, annotations, creationTimestamp: `2026-01-01T00:00:${String(59 - age).padStart(2, '0')}Z`, generation: 1 },
    spec: {
      replicas, selector: {},
      template: { metadata: { labels: { app: 'web', 'pod-template-hash': name } }, spec: { containers: [{ name: 'c', image }] } },
    },
    status: { replicas: actual, availableReplicas: available, readyReplicas: available, ...(observed ? { observedGeneration: 1 } : {}) },
  });
}
