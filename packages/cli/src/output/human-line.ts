/** One line of JSON log for people: `12:01:02 warn  @keelson/x  message key=value`. A line that is no JSON stays as it is. */
export function humanLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, message, plugin, ...rest } = fields;
  const at = typeof time === 'number' ? new Date(time).toISOString().slice(11, 19) : '--:--:--';
  const parts = [at, String(level ?? '').padEnd(5), ...(plugin === undefined ? [] : [String(plugin)]), String(message ?? '')];
  const details = Object.entries(rest).map(([key, value]) => `${key}=${detail(value)}`);
  return `${[...parts, ...details].join(' ')}\n`;
}

function detail(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify((value as { message: unknown }).message);
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
