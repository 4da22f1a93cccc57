import type { PodCondition, PodStatus } from '@keelson/api/core/v1';
import { findCondition } from '@keelson/api';

/** Fields that the agent owns and may have to take back. */
const removable = ['reason', 'message'] as const;

/**
 * The strategic merge patch from what the API server has to `wanted`; undefined when there is nothing to write.
 * Conditions are merged by type, so that those of others stay; lists of containers are replaced as a whole.
 */
export function statusPatch(known: PodStatus | undefined, wanted: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(wanted)) {
    if (field === 'conditions') continue;
    const before = (known as Record<string, unknown> | undefined)?.[field];
    if (!equal(before, value)) patch[field] = value;
  }
  for (const field of removable) if (known?.[field] !== undefined && wanted[field] === undefined) patch[field] = null;
  const conditions = (wanted.conditions ?? []).filter((condition) => !sameCondition(findCondition<PodCondition>(known?.conditions, condition.type), condition));
  if (conditions.length > 0) patch['conditions'] = conditions.map((condition) => fill(condition, known));
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function sameCondition(a: PodCondition | undefined, b: PodCondition): boolean {
  return a !== undefined && a.status === b.status && a.reason === b.reason && a.message === b.message;
}

/** A merge leaves out what is not named: reasons that no longer hold are taken back explicitly. */
function fill(condition: PodCondition, known: PodStatus | undefined): Record<string, unknown> {
  const before = findCondition<PodCondition>(known?.conditions, condition.type);
  return {
    lastProbeTime: null,
    ...(before?.reason !== undefined && condition.reason === undefined ? { reason: null } : {}),
    ...(before?.message !== undefined && condition.message === undefined ? { message: null } : {}),
    ...Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== undefined)),
  };
}

/** By content, regardless of the order of keys; absent and undefined are the same. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) if (!equal(left[key], right[key])) return false;
  return true;
}
