import { withCondition } from '@keelson/api';
import type { NamespaceCondition } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import type { Remaining } from './delete-content.ts';

/** What one pass over the content brought to light. */
export interface DeletionOutcome {
  readonly remaining: readonly Remaining[];
  readonly errors: readonly Error[];
}

/** The conditions of a terminating namespace, in upstream's words; the same list when nothing changes. */
export function deletionConditions(present: readonly NamespaceCondition[] | undefined, outcome: DeletionOutcome, now: number): readonly NamespaceCondition[] {
  const lastTransitionTime = formatTime(now);
  const wanted = [
    fine('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    fine('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    contentFailure(outcome.errors),
    contentRemaining(outcome.remaining),
    finalizersRemaining(outcome.remaining),
  ];
  return wanted.reduce<readonly NamespaceCondition[] | undefined>((list, condition) => withCondition(list, { ...condition, lastTransitionTime }), present) ?? [];
}

function fine(type: string, reason: string, message: string): NamespaceCondition {
  return { type, status: 'False', reason, message };
}

function contentFailure(errors: readonly Error[]): NamespaceCondition {
  const type = 'NamespaceDeletionContentFailure';
  if (errors.length === 0) return fine(type, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization');
  const texts = errors.map(({ message }) => message).sort();
  return { type, status: 'True', reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${texts.length} remaining: ${texts.join(', ')}` };
}

function contentRemaining(remaining: readonly Remaining[]): NamespaceCondition {
  const type = 'NamespaceContentRemaining';
  if (remaining.length === 0) return fine(type, 'ContentRemoved', 'All content successfully removed');
  const texts = remaining.map(({ kind, count }) => `${kind.plural}.${kind.group} has ${count} resource instances`).sort();
  return { type, status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${texts.join(', ')}` };
}

function finalizersRemaining(remaining: readonly Remaining[]): NamespaceCondition {
  const type = 'NamespaceFinalizersRemaining';
  const totals = new Map<string, number>();
  for (const { finalizers } of remaining) for (const [name, count] of finalizers) totals.set(name, (totals.get(name) ?? 0) + count);
  if (totals.size === 0) return fine(type, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished');
  const texts = [...totals].map(([name, count]) => `${name} in ${count} resource instances`).sort();
  return { type, status: 'True', reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${texts.join(', ')}` };
}
