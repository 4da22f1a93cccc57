import type { ReplicaSet } from '@keelson/api/apps/v1';
import { compileLabelSelector, nothing, type Selector } from '@keelson/api/selectors';

const compiled = new WeakMap<object, Selector>();

/** The compiled selector of a replica set, kept as long as its frozen spec lives; a malformed one selects nothing. */
export function selectorOf(set: ReplicaSet): Selector {
  const known = compiled.get(set.spec.selector);
  if (known !== undefined) return known;
  const result = compileLabelSelector(set.spec.selector);
  const selector = result.ok ? result.value : nothing;
  compiled.set(set.spec.selector, selector);
  return selector;
}
