/** What a row's program found out; one JSON line on stdout each, which the runner collects. */
export type Outcome =
  | { readonly row: string; readonly figure: number; readonly detail: Readonly<Record<string, number | string>> }
  | { readonly row: string; readonly missing: string };

/** Reports a figure in the unit of the row's budget. */
export function report(row: string, figure: number, detail: Readonly<Record<string, number | string>> = {}): void {
  write({ row, figure, detail: Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value])) });
}

/** Reports that a row cannot be measured on this machine, and why. */
export function reportMissing(row: string, missing: string): void {
  write({ row, missing });
}

/** True with `--quick`: fewer rounds and less load, to see that a bench runs rather than what it says. */
export const quick: boolean = process.argv.includes('--quick');

/** The fuller value, or the smaller one with `--quick`. */
export function amount(full: number, small: number): number {
  return quick ? small : full;
}

function write(outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
