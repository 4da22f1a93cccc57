/** Belong to one connection and are never passed on (RFC 9110, 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']);

/** Who asked, and how. */
export interface Asker {
  readonly address: string;
  readonly scheme: 'http' | 'https';
  /** As the client named it, with a port if it did. */
  readonly host: string;
  readonly port: number;
}

/** Headers that say who asked; what a client claims of itself counts only where `trusted`. */
const claims = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'x-real-ip', 'forwarded']);

/**
 * Headers for the backend as a flat list of names and values, so that order, case and repeats stay as they were.
 * @param raw of the request; those of HTTP/2 with their pseudo headers
 */
export function requestHeaders(raw: readonly string[], asker: Asker, { trusted, trace }: { readonly trusted: boolean; readonly trace?: string | undefined }): string[] {
  const named = connectionNames(raw);
  const headers = ['Host', asker.host];
  let chain = '';
  const given = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = raw[i + 1]!;
    if (name.startsWith(':') || name === 'host' || hopByHop.has(name) || named.has(name) || (trace !== undefined && name === 'traceparent')) continue;
    if (claims.has(name)) {
      if (!trusted) continue;
      if (name === 'x-forwarded-for') {
        chain = chain === '' ? value : `${chain}, ${value}`;
        continue;
      }
      given.add(name);
    }
    headers.push(raw[i]!, value);
  }
  headers.push('X-Forwarded-For', chain === '' ? asker.address : `${chain}, ${asker.address}`);
  const say = (name: string, value: string): void => void (given.has(name.toLowerCase()) || headers.push(name, value));
  say('X-Real-IP', asker.address);
  say('X-Forwarded-Proto', asker.scheme);
  say('X-Forwarded-Host', asker.host);
  say('X-Forwarded-Port', String(asker.port));
  if (trace !== undefined) headers.push('traceparent', trace);
  return headers;
}

/** Headers for the client, without those of the connection to the backend. */
export function responseHeaders(raw: readonly string[]): string[] {
  const named = connectionNames(raw);
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (!hopByHop.has(name) && !named.has(name)) headers.push(raw[i]!, raw[i + 1]!);
  }
  return headers;
}

/** The same as an object, as HTTP/2 takes them. */
export function asFields(flat: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const present = fields[name];
    fields[name] = present === undefined ? flat[i + 1]! : [...(typeof present === 'string' ? [present] : present), flat[i + 1]!];
  }
  return fields;
}

/** What `Connection` names is of this connection too. */
function connectionNames(raw: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]!.toLowerCase() === 'connection') for (const name of raw[i + 1]!.split(',')) names.add(name.trim().toLowerCase());
  }
  // A request must not make us drop what it needs to be understood.
  for (const kept of ['host', 'content-length', 'content-type', 'authorization']) names.delete(kept);
  return names;
}
