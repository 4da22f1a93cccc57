import type { DeploymentCondition } from '@keelson/api/apps/v1';
import { formatTime } from '@keelson/api/time';

/** Conditions of a deployment. */
export type Conditions = readonly DeploymentCondition[];

/** A condition as of now. */
export function condition(type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string, now: number): DeploymentCondition {
  const at = formatTime(now);
  return { type, status, reason, message, lastUpdateTime: at, lastTransitionTime: at };
}

/** The condition of a type. */
export function find(conditions: Conditions, type: string): DeploymentCondition | undefined {
  return conditions.find((present) => present.type === type);
}

/** Without the condition of a type. */
export function without(conditions: Conditions, type: string): Conditions {
  return conditions.some((present) => present.type === type) ? conditions.filter((present) => present.type !== type) : conditions;
}

/**
 * With a condition set. One of the same status and reason stays as it is, times included; the transition time survives a
 * change of the reason alone.
 */
export function withCondition(conditions: Conditions, next: DeploymentCondition): Conditions {
  const present = find(conditions, next.type);
  if (present?.status === next.status && present.reason === next.reason) return conditions;
  return replaced(conditions, next);
}

/** With a condition set even when status and reason stay: its update time tells of progress. */
export function replaced(conditions: Conditions, next: DeploymentCondition): Conditions {
  const present = find(conditions, next.type);
  const kept = present?.status === next.status ? { lastTransitionTime: present.lastTransitionTime } : {};
  return [...without(conditions, next.type), { ...next, ...kept }];
}
