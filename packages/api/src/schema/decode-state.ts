/** Mutable findings of one decode, with the path to the value at hand. */
export interface State {
  unknown: string[];
  error: string | undefined;
  readonly path: (string | number)[];
}

/** Checks and cleans a value; returns the value to keep. */
export type Decoder = (value: unknown, state: State) => unknown;

/** Notes the first error only, as Go's decoder stops there. */
export function fail(state: State, error: string): undefined {
  state.error ??= error;
  return undefined;
}

/** Notes that the value's JSON type does not fit. */
export function mismatch(value: unknown, state: State, type: string): undefined {
  const place = state.path.length === 0 ? 'value' : `struct field ${goPath(state.path)}`;
  return fail(state, `json: cannot unmarshal ${jsonKind(value)} into Go ${place} of type ${type}`);
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'number' : `number ${value}`;
  return typeof value;
}

/** Go names struct fields only: no list indexes. */
function goPath(path: readonly (string | number)[]): string {
  return path.filter((part) => typeof part === 'string').join('.');
}

/** `spec.containers[0].foo`, as field validation messages have it. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}
