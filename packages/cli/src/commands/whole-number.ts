import { CliError } from '../errors.ts';

/** The value of a flag that takes a whole number between two bounds, both included. Throws KEEL_USAGE_FLAG. */
export function integer(flag: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new CliError('KEEL_USAGE_FLAG', `${flag} ${value} is not valid: use a whole number from ${least} to ${most}`);
  }
  return number;
}
