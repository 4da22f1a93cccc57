import { annotation, newSetAnnotations, nextRevision, sizeAnnotations } from './annotations.ts';
import { surplusHistory } from './history.ts';
import { nextStatus } from './next-status.ts';
import { deadlineAt, isComplete, isProgress, withPause, withProgress } from './progress.ts';
import { deployment, set } from './testdata/objects.ts';

const now = Date.parse('2026-01-01T01:00:00Z');
const at = '2026-01-01T00:50:00Z';
const progressing = (status: string, reason: string, when = at) => [{ type: 'Progressing', status, reason, message: '', lastUpdateTime: when, lastTransitionTime: when }];

describe('revisions', () => {
  test('the new set is one above all others, and a set that comes back remembers what it was', () => {
    expect(nextRevision([set('a', 0, { revision: 3 }), set('b', 0, { revision: 7 }), set('c', 0)])).toBe(8);
    const web = { ...deployment(1), metadata: { ...deployment(1).metadata, annotations: { team: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [annotation.revision]: '7' } } };
    expect(newSetAnnotations(web, {}, 8)).toEqual({ team: 'x', [annotation.revision]: '8' });
    const back = newSetAnnotations(web, { [annotation.revision]: '3', [annotation.revisionHistory]: '1' }, 8);
    expect(back).toEqual({ team: 'x', [annotation.revision]: '8', [annotation.revisionHistory]: '1,3' });
    expect(newSetAnnotations(web, back, 8)).toEqual(back);
  });

  test('the history of a set is bounded', () => {
    let annotations: Record<string, string> = {};
    for (let revision = 1; revision < 2000; revision += 1) annotations = newSetAnnotations(deployment(1), annotations, revision);
    expect(annotations[annotation.revisionHistory]?.length).toBeLessThanOrEqual(2000);
    expect(annotations[annotation.revisionHistory]).toMatch(/,1998$/);
  });

  test('sizes are noted with the surge', () => {
    expect(sizeAnnotations(deployment(10))).toEqual({ [annotation.desired]: '10', [annotation.max]: '13' });
  });
});

test('history beyond the limit goes, lowest revision first, unless pods are left or news is due', () => {
  const olds = [set('r3', 0, { revision: 3 }), set('r1', 0, { revision: 1 }), set('r2', 0, { revision: 2, actual: 1 }), set('r0', 0, { revision: 0, observed: false }), set('r4', 2, { revision: 4 })];
  expect(surplusHistory(deployment(1, { revisionHistoryLimit: 1 }), olds).map(({ metadata }) => metadata.name)).toEqual(['r1', 'r3']);
  expect(surplusHistory(deployment(1, { revisionHistoryLimit: 5 }), olds)).toEqual([]);
  expect(surplusHistory(deployment(1), olds)).toEqual([]);
});

test('counts over all sets, and says whether enough is available', () => {
  const web = deployment(10);
  const status = nextStatus({ deployment: web, newSet: set('new', 3, { available: 1 }), oldSets: [set('old', 8)], collisionCount: undefined, conditions: [], now });
  expect(status).toMatchObject({ observedGeneration: 1, replicas: 11, updatedReplicas: 3, readyReplicas: 9, availableReplicas: 9, unavailableReplicas: 2, terminatingReplicas: 0 });
  expect(status.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }]);
  const less = nextStatus({ deployment: web, newSet: set('new', 3, { available: 0 }), oldSets: [], collisionCount: 2, conditions: status.conditions ?? [], now: now + 1000 });
  expect(less).toMatchObject({ collisionCount: 2, conditions: [{ status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: '2026-01-01T01:00:01Z' }] });
  expect(less.availableReplicas).toBeUndefined();
});

test('takes over the failure of a set, the new one first', () => {
  const failing = (name: string, message: string) => ({ ...set(name, 1), status: { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: at }] } });
  const input = { deployment: deployment(1), collisionCount: undefined, conditions: [], now };
  expect(nextStatus({ ...input, newSet: failing('new', 'quota'), oldSets: [failing('old', 'other')] }).conditions).toMatchObject([{}, { type: 'ReplicaFailure', message: 'quota', lastTransitionTime: at }]);
  expect(nextStatus({ ...input, newSet: set('new', 1), oldSets: [failing('old', 'other')] }).conditions?.[1]).toMatchObject({ message: 'other' });
  expect(nextStatus({ ...input, conditions: [{ type: 'ReplicaFailure', status: 'True' }], newSet: set('new', 1), oldSets: [] }).conditions).toHaveLength(1);
});

describe('progress', () => {
  const complete = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3, observedGeneration: 1 };

  test('is complete only with all pods new and available', () => {
    expect(isComplete(deployment(3), complete)).toBe(true);
    expect(isComplete(deployment(3), { ...complete, replicas: 4 })).toBe(false);
    expect(isComplete(deployment(3), { ...complete, availableReplicas: 2 })).toBe(false);
    expect(isComplete(deployment(3), { ...complete, observedGeneration: 0 })).toBe(false);
    expect(isComplete(deployment(0), { observedGeneration: 1 })).toBe(true);
  });

  test('is any step towards the goal, never a step back', () => {
    expect(isProgress({ replicas: 3 }, { replicas: 3, updatedReplicas: 1 })).toBe(true);
    expect(isProgress({ replicas: 3, updatedReplicas: 1 }, { replicas: 2, updatedReplicas: 1 })).toBe(true);
    expect(isProgress({ readyReplicas: 2 }, { readyReplicas: 1 })).toBe(false);
    expect(isProgress(complete, complete)).toBe(false);
  });

  test('tells completion, progress and the missed deadline', () => {
    const tell = (status: object, conditions: ReturnType<typeof progressing> | [], before = {}) =>
      withProgress({ deployment: deployment(3, {}, before as never), newSet: set('new', 3), status: status as never, conditions, now });
    expect(tell(complete, [])).toMatchObject([{ status: 'True', reason: 'NewReplicaSetAvailable', message: 'ReplicaSet "new" has successfully progressed.' }]);
    expect(tell({ ...complete, availableReplicas: 1 }, progressing('True', 'NewReplicaSetCreated'))).toMatchObject([{ reason: 'ReplicaSetUpdated', lastUpdateTime: '2026-01-01T01:00:00Z', lastTransitionTime: at }]);
    const stuck = { ...complete, availableReplicas: 0, replicas: 4 };
    expect(tell(stuck, progressing('True', 'ReplicaSetUpdated', '2026-01-01T00:49:59Z'), stuck)).toMatchObject([{ status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "new" has timed out progressing.' }]);
    expect(tell(stuck, progressing('True', 'ReplicaSetUpdated'), stuck)).toMatchObject([{ reason: 'ReplicaSetUpdated' }]);
    expect(tell({ ...complete, availableReplicas: 1 }, progressing('True', 'NewReplicaSetAvailable'))).toMatchObject([{ reason: 'NewReplicaSetAvailable' }]);
    expect(withProgress({ deployment: deployment(3, { progressDeadlineSeconds: undefined }), newSet: undefined, status: complete, conditions: progressing('True', 'x'), now })).toEqual([]);
  });

  test('the deadline runs from the last progress, and not for what is complete or has failed', () => {
    expect(deadlineAt(deployment(3), progressing('True', 'ReplicaSetUpdated'))).toBe(now);
    expect(deadlineAt(deployment(3), progressing('True', 'NewReplicaSetAvailable'))).toBeUndefined();
    expect(deadlineAt(deployment(3), progressing('False', 'ProgressDeadlineExceeded'))).toBeUndefined();
    expect(deadlineAt(deployment(3), [])).toBeUndefined();
  });

  test('a pause is told and taken back', () => {
    const paused = withPause(deployment(3, { paused: true }), [], now);
    expect(paused).toMatchObject([{ status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }]);
    expect(withPause(deployment(3, { paused: true }), paused, now + 5000)).toBe(paused);
    expect(withPause(deployment(3), paused, now + 5000)).toMatchObject([{ reason: 'DeploymentResumed', lastUpdateTime: '2026-01-01T01:00:05Z' }]);
    expect(withPause(deployment(3, { paused: true }), progressing('False', 'ProgressDeadlineExceeded'), now)).toMatchObject([{ reason: 'ProgressDeadlineExceeded' }]);
  });
});
