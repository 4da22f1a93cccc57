/** What a request is routed by. */
export interface RequestTarget {
  /** Lower case, without port and without the dot that ends a full name; '' when it is an address. */
  readonly host: string;
  /** The path, without query. */
  readonly path: string;
  /** What the backend is asked for: path and query. */
  readonly url: string;
}

/** Reads request line and Host (RFC 9112, 3.2); undefined when they name nothing that can be routed. */
export function targetOf(url: string, hostHeader: string | undefined): RequestTarget | undefined {
  let host = hostHeader;
  let rest = url;
  // The absolute form wins over the header.
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url);
  if (absolute !== null) {
    host = absolute[1]!;
    rest = absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]!}`;
  }
  if (host === undefined || !rest.startsWith('/')) return undefined;
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:@/?#\s]*)(?::\d*)?$/.exec(host)?.[1];
  if (name === undefined) return undefined;
  const question = rest.indexOf('?');
  return {
    host: name.toLowerCase().replace(/\.$/, ''),
    path: question < 0 ? rest : rest.slice(0, question),
    url: rest,
  };
}
