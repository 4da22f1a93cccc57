const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `'5m'`, `'1h30m'`, `'250ms'` or a plain number. Errors: `RangeError`. */
export function milliseconds(duration: string | number): number {
  if (typeof duration === 'number') return duration;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([text]) => text).join('') !== duration) {
    throw new RangeError(`duration ${JSON.stringify(duration)} is not like "5m", "1h30m" or "250ms"`);
  }
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * units[unit!]!, 0);
}
