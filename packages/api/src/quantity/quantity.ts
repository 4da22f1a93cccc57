/** How a quantity was written, which decides how it is written again. */
export type QuantityFormat = 'decimal-si' | 'binary-si' | 'decimal-exponent';

/** A resource amount, exact to a billionth. */
export interface Quantity {
  /** Amount in units of 10^-9. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

/** Thrown for text that is no quantity; the message is the one that Kubernetes clients know. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const formatMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixMessage = "unable to parse quantity's suffix";

const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const decimalSuffixes = new Map(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]));
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const nanoPerUnit = 1_000_000_000n;
/** Amounts are capped as upstream caps them: at the largest int64. */
const cap = (2n ** 63n - 1n) * nanoPerUnit;

/** Parses `1500m`, `1Gi`, `0.5`, `1e3`; throws {@link QuantityError}. */
export function parseQuantity(text: string | number): Quantity {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(String(text));
  if (match === null) throw new QuantityError(formatMessage);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') throw new QuantityError(formatMessage);
  const { base, exponent, format } = parseSuffix(suffix);
  const digits = BigInt(whole + fraction);
  let numerator = digits * nanoPerUnit;
  let denominator = 10n ** BigInt(fraction.length);
  if (base === 2) numerator *= 2n ** BigInt(exponent);
  else if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
  else denominator *= 10n ** BigInt(-exponent);
  // Anything finer than a billionth is rounded away from zero: asking for a little must not become asking for nothing.
  let nano = (numerator + denominator - 1n) / denominator;
  if (nano > cap) nano = cap;
  return { nano: sign === '-' ? -nano : nano, format };
}

function parseSuffix(suffix: string): { base: 2 | 10; exponent: number; format: QuantityFormat } {
  const decimal = decimalExponents[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'decimal-si' };
  const binary = binaryExponents[suffix];
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'binary-si' };
  const scientific = /^[eE]([+-]?\d+)$/.exec(suffix);
  if (scientific === null || Math.abs(Number(scientific[1])) > 1000) throw new QuantityError(suffixMessage);
  return { base: 10, exponent: Number(scientific[1]), format: 'decimal-exponent' };
}

/** The canonical text: no fraction, the largest suffix that keeps the mantissa whole. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const amount = nano < 0n ? -nano : nano;
  const whole = amount % nanoPerUnit === 0n;
  // Small or fractional binary amounts are written in decimal so that nothing is lost.
  if (format === 'binary-si' && whole && amount >= 1024n * nanoPerUnit) return sign + formatBinary(amount / nanoPerUnit);
  return sign + formatDecimal(amount, format === 'decimal-exponent');
}

function formatBinary(units: bigint): string {
  let mantissa = units;
  let power = 0;
  while (power < binarySuffixes.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${binarySuffixes[power] ?? ''}`;
}

function formatDecimal(nano: bigint, scientific: boolean): string {
  let mantissa = nano;
  let exponent = -9;
  while (exponent < 18 && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (!scientific) return `${mantissa}${decimalSuffixes.get(exponent) ?? ''}`;
  return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
}

/** Negative, zero or positive, as `a` is smaller than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** Sum; a zero takes the other's format, otherwise the left one's is kept. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** Difference, in the same format rule as {@link addQuantities}. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** A whole number of units. */
export function quantityOf(units: number | bigint, format: QuantityFormat = 'decimal-si'): Quantity {
  return { nano: BigInt(units) * nanoPerUnit, format };
}

/** Units as an integer, rounded up (upstream's `Value`); exact below 2^53. */
export function quantityUnits(quantity: Quantity): number {
  return Number(ceilDivide(quantity.nano, nanoPerUnit));
}

/** Thousandths as an integer, rounded up (upstream's `MilliValue`); exact below 2^53. */
export function quantityMilli(quantity: Quantity): number {
  return Number(ceilDivide(quantity.nano, 1_000_000n));
}

/** Away from zero, as upstream scales. */
function ceilDivide(value: bigint, by: bigint): bigint {
  return value < 0n ? -((-value + by - 1n) / by) : (value + by - 1n) / by;
}
