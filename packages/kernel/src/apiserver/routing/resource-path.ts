/** A path below /api or /apis that names a resource. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string;
  /** What follows the subresource (paths behind `proxy`), with a leading slash, or ''. */
  readonly rest: string;
  /** The old `/watch/` prefix. */
  readonly watch: boolean;
}

/**
 * Splits `/api/V/…` and `/apis/G/V/…`. Undefined for everything else, group and version documents included
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris).
 */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const parts = path.split('/');
  let at: number;
  let group = '';
  if (parts[1] === 'api') at = 2;
  else if (parts[1] === 'apis') {
    group = parts[2] ?? '';
    at = 3;
  } else return undefined;
  const version = parts[at++] ?? '';
  if (version === '' || (parts[1] === 'apis' && group === '')) return undefined;
  const watch = parts[at] === 'watch';
  if (watch) at += 1;
  let namespace: string | undefined;
  // `namespaces/NS/RES…` is a scope; `namespaces/NS[/status|/finalize]` is the Namespace itself.
  if (parts[at] === 'namespaces' && parts[at + 2] !== undefined && parts[at + 2] !== '' && !isNamespaceSubresource(parts, at)) {
    namespace = decode(parts[at + 1]!);
    if (namespace === '') return undefined;
    at += 2;
  }
  const plural = parts[at] ?? '';
  if (plural === '') return undefined;
  const name = parts[at + 1];
  const subresource = parts[at + 2] ?? '';
  const rest = parts.length > at + 3 ? `/${parts.slice(at + 3).join('/')}` : '';
  return {
    group, version, namespace, plural, watch, subresource, rest,
    name: name === undefined || name === '' ? undefined : decode(name),
  };
}

function isNamespaceSubresource(parts: readonly string[], at: number): boolean {
  return (parts[at + 2] === 'status' || parts[at + 2] === 'finalize') && (parts.length === at + 3 || parts[at + 3] === '');
}

function decode(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
