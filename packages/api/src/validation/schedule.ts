import type { Causes } from './causes.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly { low: number; high: number; names?: readonly string[] }[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: ['', ...months] },
  { low: 0, high: 6, names: days },
];
const descriptors = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** A cron expression of five fields, a descriptor or `@every DURATION`. */
export function checkSchedule(schedule: string, field: string, hasTimeZone: boolean, causes: Causes): void {
  const zoned = /^(CRON_)?TZ=/.test(schedule);
  if (zoned && hasTimeZone) causes.invalid(field, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
  else if (zoned) causes.invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  const problem = scheduleError(zoned ? schedule.replace(/^\S+\s*/, '') : schedule);
  if (problem !== undefined) causes.invalid(field, schedule, problem);
}

/** Why a cron expression cannot be read, or undefined. */
export function scheduleError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (descriptors.has(schedule) || /^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(schedule)) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [index, part] of parts.entries()) {
    const problem = part.split(',').map((range) => rangeError(range, fields[index] as (typeof fields)[number])).find((text) => text !== undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function rangeError(text: string, { low, high, names }: (typeof fields)[number]): string | undefined {
  const [range = '', step, ...extraSteps] = text.split('/');
  if (extraSteps.length > 0) return `too many slashes: ${text}`;
  if (step !== undefined && !/^\d+$/.test(step)) return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
  if (step !== undefined && Number(step) === 0) return `step of range should be a positive number: ${text}`;
  if (range === '*' || range === '?') return undefined;
  const [from = '', to, ...extra] = range.split('-');
  if (extra.length > 0) return `too many hyphens: ${text}`;
  const bounds: number[] = [];
  for (const bound of to === undefined ? [from] : [from, to]) {
    const named = names?.indexOf(bound.toLowerCase()) ?? -1;
    const value = named >= 0 && bound !== '' ? named : /^\d+$/.test(bound) ? Number(bound) : undefined;
    if (value === undefined) return `failed to parse int from ${bound}: strconv.Atoi: parsing ${JSON.stringify(bound)}: invalid syntax`;
    bounds.push(value);
  }
  const [start = low, end = start] = bounds;
  if (start < low) return `beginning of range (${start}) below minimum (${low}): ${text}`;
  if (end > high) return `end of range (${end}) above maximum (${high}): ${text}`;
  return start > end ? `beginning of range (${start}) beyond end of range (${end}): ${text}` : undefined;
}
