/** The fields that all condition types have; some types require none of them. */
export interface ConditionLike {
  type?: string | undefined;
  status?: string | undefined;
  reason?: string | undefined;
  message?: string | undefined;
  lastTransitionTime?: string | undefined;
}

/** The condition of that type, if present. */
export function findCondition<C extends ConditionLike>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** True when the condition is present with status "True". */
export function isConditionTrue(conditions: readonly ConditionLike[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The list with `next` added or replaced. The transition time is kept while the status stays the same; the same list
 * is returned when nothing would change, so that callers can skip a write.
 */
export function withCondition<C extends ConditionLike>(conditions: readonly C[] | undefined, next: C): readonly C[] {
  const current = findCondition(conditions, next.type ?? '');
  if (current === undefined) return [...(conditions ?? []), next];
  const merged = { ...next };
  if (current.status === next.status && current.lastTransitionTime !== undefined) {
    merged.lastTransitionTime = current.lastTransitionTime;
  }
  if (isSame(current, merged)) return conditions ?? [];
  return (conditions ?? []).map((condition) => (condition.type === next.type ? merged : condition));
}

function isSame(a: object, b: object): boolean {
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
