import type { NodeSelectorRequirement, NodeSelectorTerm } from '@keelson/api/core/v1';
import type { ClusterSnapshot, NodeAttribute } from '@keelson/sdk/scheduler';

/** A condition on nodes made ready for this cycle: one or two array reads per row. */
export type RowTest = (row: number) => boolean;

const label = (key: string): NodeAttribute<string | undefined> => ({
  name: `metadata.labels[${key}]`,
  of: ({ metadata }) => (metadata.labels !== undefined && Object.hasOwn(metadata.labels, key) ? metadata.labels[key] : undefined),
  key: (value) => (value === undefined ? '' : `=${value}`),
});

const nodeName: NodeAttribute<string | undefined> = {
  name: 'metadata.name',
  of: ({ metadata }) => metadata.name,
  key: (value) => value ?? '',
};

/** Every pair of a node selector must be a label of the node. */
export function selectorTest(selector: Readonly<Record<string, string>>, snapshot: ClusterSnapshot): RowTest {
  return all(Object.entries(selector).map(([key, value]) => requirementTest(label(key), { key, operator: 'In', values: [value] }, snapshot)));
}

/** All expressions and fields of the term; a term without any matches nothing (upstream's rule). */
export function termTest(term: NodeSelectorTerm, snapshot: ClusterSnapshot): RowTest {
  const expressions = (term.matchExpressions ?? []).map((requirement) => requirementTest(label(requirement.key), requirement, snapshot));
  const fields = (term.matchFields ?? []).map((requirement) =>
    requirement.key === 'metadata.name' ? requirementTest(nodeName, requirement, snapshot) : () => false,
  );
  return expressions.length + fields.length === 0 ? () => false : all([...expressions, ...fields]);
}

function all(tests: readonly RowTest[]): RowTest {
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (row) => tests.every((test) => test(row));
}

/** Judges each distinct value once, then a node is a table look-up. */
function requirementTest(attribute: NodeAttribute<string | undefined>, requirement: NodeSelectorRequirement, snapshot: ClusterSnapshot): RowTest {
  const matches = valueTest(requirement);
  const { ids, values } = snapshot.attribute(attribute);
  const table = Uint8Array.from(values, (value) => (matches(value) ? 1 : 0));
  return (row) => table[ids[row]!] === 1;
}

function valueTest({ operator, values = [] }: NodeSelectorRequirement): (value: string | undefined) => boolean {
  const listed = new Set(values);
  switch (operator) {
    case 'In':
      return (value) => value !== undefined && listed.has(value);
    case 'NotIn':
      return (value) => value === undefined || !listed.has(value);
    case 'Exists':
      return (value) => value !== undefined;
    case 'DoesNotExist':
      return (value) => value === undefined;
    case 'Gt':
      return (value) => compare(value, values[0], (sign) => sign > 0);
    case 'Lt':
      return (value) => compare(value, values[0], (sign) => sign < 0);
    default:
      return () => false;
  }
}

/** Whole numbers only; anything else matches neither Gt nor Lt. */
function compare(value: string | undefined, bound: string | undefined, accepts: (sign: number) => boolean): boolean {
  const whole = /^[+-]?\d{1,19}$/;
  if (value === undefined || bound === undefined || !whole.test(value) || !whole.test(bound)) return false;
  const difference = BigInt(value) - BigInt(bound);
  return accepts(difference > 0n ? 1 : difference < 0n ? -1 : 0);
}
