import { isConditionTrue, isEqual, withCondition } from '@keelson/api';
import type { CustomResourceDefinition, CustomResourceDefinitionCondition, CustomResourceDefinitionStatus } from '@keelson/api/apiextensions/v1';
import { formatTime } from '@keelson/api/time';
import type { NamesVerdict } from './names.ts';

/** Keeps a deleted definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** The status that a definition should have; undefined when it has it. Once established, it stays so. */
export function nextStatus(crd: CustomResourceDefinition, { accepted, conflict }: NamesVerdict, now: number): CustomResourceDefinitionStatus | undefined {
  const established = conflict === undefined || isEstablished(crd);
  const conditions = [
    conflict === undefined
      ? condition('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found')
      : condition('NamesAccepted', 'False', conflict.reason, conflict.message),
    established
      ? condition('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted')
      : condition('Established', 'False', 'NotAccepted', 'not all names are accepted'),
  ];
  const status: CustomResourceDefinitionStatus = {
    ...crd.status,
    acceptedNames: accepted,
    conditions: conditions.reduce((list, next) => withConditionAt(list, next, now), crd.status?.conditions ?? []),
    storedVersions: storedVersions(crd),
  };
  return isEqual(status, crd.status) ? undefined : status;
}

/** What deletion says about the objects of a definition, in upstream's words. */
export function terminating(crd: CustomResourceDefinition, phase: 'pending' | 'running' | 'done', now: number): CustomResourceDefinitionStatus {
  const said = {
    pending: condition('Terminating', 'True', 'InstanceDeletionPending', 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'),
    running: condition('Terminating', 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'),
    done: condition('Terminating', 'False', 'InstanceDeletionCompleted', 'removed all instances'),
  }[phase];
  return { ...crd.status, conditions: withConditionAt(crd.status?.conditions ?? [], said, now) };
}

export function isEstablished({ status }: CustomResourceDefinition): boolean {
  return isConditionTrue(status?.conditions, 'Established');
}

function condition(type: string, status: 'True' | 'False', reason: string, message: string): CustomResourceDefinitionCondition {
  return { type, status, reason, message };
}

function withConditionAt(list: CustomResourceDefinitionCondition[], next: CustomResourceDefinitionCondition, now: number): CustomResourceDefinitionCondition[] {
  return [...withCondition(list, { ...next, lastTransitionTime: formatTime(now) })];
}

/** Every version that objects may be stored in; only a migration takes one off. */
function storedVersions({ spec, status }: CustomResourceDefinition): string[] {
  const known = status?.storedVersions ?? [];
  const present = spec.versions.filter(({ storage }) => storage).map(({ name }) => name);
  return [...known, ...present.filter((name) => !known.includes(name))];
}
