const pattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Milliseconds since the epoch, or undefined when the text is not RFC 3339. */
export function parseTime(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** As metav1.Time is written: UTC, whole seconds. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** As metav1.MicroTime is written: UTC, six decimals. */
export function formatMicroTime(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  const whole = Math.floor(microseconds / 1000);
  return `${new Date(whole).toISOString().slice(0, 23)}${String(microseconds - whole * 1000).padStart(3, '0')}Z`;
}

/** The stored form of a metav1.Time, or undefined when the text is not RFC 3339. */
export function canonicalTime(text: string): string | undefined {
  const at = parseTime(text);
  if (at === undefined) return undefined;
  return canonical.test(text) ? text : formatTime(at);
}

/** The stored form of a metav1.MicroTime (microseconds are kept), or undefined when the text is not RFC 3339. */
export function canonicalMicroTime(text: string): string | undefined {
  const at = parseTime(text);
  if (at === undefined) return undefined;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${new Date(at).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}
