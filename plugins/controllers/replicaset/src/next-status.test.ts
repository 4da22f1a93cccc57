import { ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { newObject } from '@keelson/reconcile';
import { nextStatus } from './next-status.ts';

const now = Date.parse('2026-01-01T00:01:00Z');
const set = (minReadySeconds = 0, conditions: NonNullable<ReplicaSet['status']>['conditions'] = undefined): ReplicaSet =>
  newObject(ReplicaSet, {
    metadata: { name: 'web', generation: 3 },
    spec: { selector: {}, minReadySeconds, template: { metadata: { labels: { app: 'web', tier: 'x' } } } },
    status: { replicas: 0, conditions },
  });
const pod = (name: string, readyAt: string | undefined, labels: Record<string, string> = { app: 'web', tier: 'x' }, more: object = {}): Pod =>
  newObject(Pod, {
    metadata: { name, labels, ...more },
    spec: { containers: [], nodeName: 'n1' },
    status: { phase: 'Running', conditions: readyAt === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }] },
  });
const none = new Set<string>();

test('counts replicas, fully labeled, ready, available and terminating ones', () => {
  const pods = [
    pod('a', '2026-01-01T00:00:00Z'),
    pod('b', '2026-01-01T00:00:50Z'),
    pod('c', undefined, { app: 'web' }),
    pod('d', undefined, {}, { deletionTimestamp: 'x' }),
    { ...pod('e', undefined), status: { phase: 'Failed' } },
    pod('f', '2026-01-01T00:00:00Z'),
  ];
  const { status, availableIn } = nextStatus({ set: set(30), pods, deleted: new Set(['f']), failure: undefined, now });
  expect(status).toEqual({ replicas: 3, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 1, terminatingReplicas: 2, observedGeneration: 3 });
  expect(availableIn).toBe(20_000);
});

test('leaves zero counts out, replicas excepted', () => {
  expect(nextStatus({ set: set(), pods: [], deleted: none, failure: undefined, now }).status).toEqual({ replicas: 0, terminatingReplicas: 0, observedGeneration: 3 });
});

test('ReplicaFailure comes with the first failure, stays as it is, and goes with the next success', () => {
  const failure = { reason: 'FailedCreate' as const, message: 'exceeded quota' };
  const first = nextStatus({ set: set(), pods: [], deleted: none, failure, now }).status;
  expect(first.conditions).toEqual([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota', lastTransitionTime: '2026-01-01T00:01:00Z' }]);
  const second = nextStatus({ set: set(0, first.conditions), pods: [], deleted: none, failure: { ...failure, message: 'other' }, now: now + 5000 }).status;
  expect(second.conditions).toEqual(first.conditions);
  expect(nextStatus({ set: set(0, first.conditions), pods: [], deleted: none, failure: undefined, now }).status.conditions).toBeUndefined();
});
