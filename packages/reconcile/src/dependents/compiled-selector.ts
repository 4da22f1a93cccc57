import type { LabelSelector } from '@keelson/api';
import { compileLabelSelector, nothing, type Selector } from '@keelson/api/selectors';

const compiled = new WeakMap<LabelSelector, Selector>();

/** A compiled label selector, kept as long as its frozen object lives; an absent or malformed one selects nothing. */
export function compiledSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing;
  const known = compiled.get(selector);
  if (known !== undefined) return known;
  const result = compileLabelSelector(selector);
  const made = result.ok ? result.value : nothing;
  compiled.set(selector, made);
  return made;
}
