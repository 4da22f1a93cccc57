/** A number, or a text that is a percentage or a name. */
export type IntOrString = number | string;

/** Number in `25%`, or undefined when the text is no percentage. */
export function parsePercent(value: IntOrString): number | undefined {
  if (typeof value === 'number') return undefined;
  const match = /^(\d+)%$/.exec(value);
  return match === null ? undefined : Number(match[1]);
}

/** Value as a number: itself, or that percentage of `total`, rounded up or down. Undefined for any other text. */
export function resolveIntOrPercent(value: IntOrString, total: number, rounding: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const percent = parsePercent(value);
  if (percent === undefined) return undefined;
  const exact = (percent * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
