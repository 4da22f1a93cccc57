import type { LabelSelector } from '../../generated/types/meta-v1.ts';
import { compileRequirement, formatRequirement, requirementError, type Labels, type Operator, type Parsed, type Requirement } from './requirement.ts';

/** A compiled label selector. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  /** True when every label set matches. */
  readonly matchesEverything: boolean;
  /** True when no label set matches. */
  readonly matchesNothing: boolean;
  /** True when the labels satisfy all requirements; undefined labels are an empty set. */
  matches(labels: Labels | undefined): boolean;
  /** Canonical query text: equal selectors have equal texts. */
  toString(): string;
}

const none: Labels = Object.freeze({});

/** A selector of requirements that are known to be well-formed. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  if (requirements.length === 0) return everything;
  const sorted = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const tests = sorted.map(compileRequirement);
  const [only] = tests;
  let text: string | undefined;
  return {
    requirements: sorted,
    matchesEverything: false,
    matchesNothing: false,
    matches:
      tests.length === 1 && only !== undefined
        ? (labels = none) => only(labels)
        : (labels = none) => {
            for (const test of tests) if (!test(labels)) return false;
            return true;
          },
    toString: () => (text ??= sorted.map(formatRequirement).join(',')),
  };
}

/** Matches every object. */
export const everything: Selector = {
  requirements: [],
  matchesEverything: true,
  matchesNothing: false,
  matches: () => true,
  toString: () => '',
};

/** Matches no object. */
export const nothing: Selector = {
  requirements: [],
  matchesEverything: false,
  matchesNothing: true,
  matches: () => false,
  toString: () => '',
};

/** Selector of a plain map (Service and ReplicationController); an absent or empty map matches everything. */
export function selectorFromLabels(labels: Labels | undefined): Selector {
  return selectorOf(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: 'Equals', values: [value] })));
}

const objectOperators: Readonly<Record<string, Operator>> = { In: 'In', NotIn: 'NotIn', Exists: 'Exists', DoesNotExist: 'DoesNotExist' };

/** Compiles a LabelSelector object: undefined matches nothing, an empty one everything. */
export function compileLabelSelector(selector: LabelSelector | undefined): Parsed<Selector> {
  if (selector === undefined) return { ok: true, value: nothing };
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = objectOperators[operator];
    if (known === undefined) return { ok: false, message: `"${operator}" is not a valid label selector operator` };
    requirements.push({ key, operator: known, values: [...new Set(values ?? [])].sort() });
  }
  for (const requirement of requirements) {
    const message = requirementError(requirement);
    if (message !== undefined) return { ok: false, message };
  }
  // A single allowed value compares faster as equality, and prints as upstream's matchLabels do.
  return { ok: true, value: selectorOf(requirements.map(simplify)) };
}

/** As {@link compileLabelSelector} for selectors that validation has accepted; throws otherwise. */
export function labelSelector(selector: LabelSelector | undefined): Selector {
  const compiled = compileLabelSelector(selector);
  if (!compiled.ok) throw new Error(`label selector is malformed: ${compiled.message}`);
  return compiled.value;
}

function simplify(requirement: Requirement): Requirement {
  return requirement.operator === 'In' && requirement.values.length === 1 ? { ...requirement, operator: 'Equals' } : requirement;
}
