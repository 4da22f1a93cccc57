import { checkLabelValue, checkQualifiedName } from '../names/index.ts';

/** How a requirement compares. `=` and `==` are both `Equals`. */
export type Operator = 'Equals' | 'NotEquals' | 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan';

/** One condition on a label. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** Sorted; empty for Exists and DoesNotExist. */
  readonly values: readonly string[];
}

/** Labels to match against. */
export type Labels = Readonly<Record<string, string>>;

/** A value, or the message that a client gets. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Why a requirement is malformed, in upstream's words, or undefined. */
export function requirementError({ key, operator, values }: Requirement): string | undefined {
  const keyErrors = checkQualifiedName(key);
  if (keyErrors.length > 0) return `key: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`;
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    return "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty";
  }
  if (operator === 'GreaterThan' || operator === 'LessThan') {
    if (values.length !== 1) return `values: Invalid value: ${JSON.stringify(values)}: for 'Gt', 'Lt' operators, exactly one value is required`;
    if (!isInteger(values[0] as string)) {
      return `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`;
    }
  }
  for (const [index, value] of values.entries()) {
    const errors = checkLabelValue(value);
    if (errors.length > 0) return `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`;
  }
  return undefined;
}

/** Compiles a requirement to a test on labels. */
export function compileRequirement({ key, operator, values }: Requirement): (labels: Labels) => boolean {
  const [first = ''] = values;
  switch (operator) {
    case 'Equals':
      return (labels) => labels[key] === first && has(labels, key);
    case 'NotEquals':
      return (labels) => labels[key] !== first || !has(labels, key);
    case 'In': {
      const allowed = new Set(values);
      return (labels) => has(labels, key) && allowed.has(labels[key] as string);
    }
    case 'NotIn': {
      const refused = new Set(values);
      return (labels) => !has(labels, key) || !refused.has(labels[key] as string);
    }
    case 'Exists':
      return (labels) => has(labels, key);
    case 'DoesNotExist':
      return (labels) => !has(labels, key);
    case 'GreaterThan':
      return (labels) => has(labels, key) && isInteger(labels[key] as string) && BigInt(labels[key] as string) > BigInt(first);
    case 'LessThan':
      return (labels) => has(labels, key) && isInteger(labels[key] as string) && BigInt(labels[key] as string) < BigInt(first);
  }
}

/** Requirement as query text. */
export function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'Equals':
      return `${key}=${values[0] ?? ''}`;
    case 'NotEquals':
      return `${key}!=${values[0] ?? ''}`;
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'GreaterThan':
      return `${key}>${values[0] ?? ''}`;
    case 'LessThan':
      return `${key}<${values[0] ?? ''}`;
  }
}

function has(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}

function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}
