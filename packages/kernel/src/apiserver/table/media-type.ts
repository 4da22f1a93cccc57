/** Media type of the protobuf form of built-in kinds. */
export const protobufType = 'application/vnd.kubernetes.protobuf';

/** One clause of an Accept header, or a Content-Type. */
export interface MediaType {
  /** Lower case, without parameters: `application/json`, `text/*`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** 0 to 1. */
  readonly quality: number;
}

/** Reads one media type; undefined when it has no slash. */
export function parseMediaType(text: string): MediaType | undefined {
  const [type = '', ...rest] = text.split(';');
  const name = type.trim().toLowerCase();
  if (!name.includes('/')) return undefined;
  const parameters: Record<string, string> = {};
  let quality = 1;
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const key = part.slice(0, equals).trim().toLowerCase();
    const value = part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1');
    if (key === 'q') quality = Number(value);
    else parameters[key] = value;
  }
  return { type: name, parameters, quality: Number.isNaN(quality) ? 0 : Math.min(1, Math.max(0, quality)) };
}

/** Clauses of an Accept header, most wanted first: by quality, then exact types before wildcards, then as written. */
export function parseAccept(header: string): readonly MediaType[] {
  const clauses = header.split(',').flatMap((part) => parseMediaType(part) ?? []);
  const wildness = (type: string) => (type === '*/*' ? 2 : type.endsWith('/*') ? 1 : 0);
  return clauses.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality || wildness(a.type) - wildness(b.type));
}
