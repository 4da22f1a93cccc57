import { CliError } from '../errors.ts';
import type { Output } from '../world.ts';

/** Value of `-o, --output`. */
export type Format = 'text' | 'json';

/** Checks the option's value. */
export function formatOf(value: string | undefined): Format {
  if (value === undefined || value === 'text' || value === 'wide') return 'text';
  if (value === 'json') return 'json';
  throw new CliError('KEEL_USAGE_OUTPUT', `unknown output format "${value}": use json or leave it out`);
}

/** Prints data once, in the form asked for; JSON on one line unless it goes to a terminal. */
export function print(out: Output, format: Format, data: unknown, text: () => string): void {
  if (format === 'json') out.write(`${JSON.stringify(data, undefined, out.isTerminal ? 2 : undefined)}\n`);
  else out.write(`${text().replace(/\n$/, '')}\n`);
}

/** Rows under a header, columns three spaces apart, as kubectl prints them. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join('   ').trimEnd()).join('\n');
}

/** Age of something for people: `12s`, `5m`, `3h`, `4d`. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
