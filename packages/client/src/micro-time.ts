/** `meta/v1.MicroTime` of a time in milliseconds: RFC 3339 with six digits. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** `meta/v1.Time` of a time in milliseconds: RFC 3339, whole seconds. */
export function secondTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
