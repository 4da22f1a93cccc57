import type { IngressBackend, IngressHost, IngressPath, IngressRouting } from '@keelson/sdk/ingress';

/** Where a request goes. */
export interface Route {
  /** `namespace/name` of the Ingress whose rule took it; undefined for the default backend. */
  readonly ingress: string | undefined;
  /** The path of the rule. */
  readonly path: string;
  /** Undefined: its Service or port does not exist. */
  readonly backend: IngressBackend | undefined;
}

interface HostIndex {
  readonly exact: ReadonlyMap<string, Route>;
  /** By path without its last slash; `/` is the empty text. */
  readonly prefixes: ReadonlyMap<string, Route>;
  /** Most elements that a prefix here has: a longer path is not looked at beyond them. */
  readonly depth: number;
}

/** Hosts that did not change are the same objects in the next routing, and keep their index. */
const indexes = new WeakMap<IngressHost, HostIndex>();

/**
 * The rule that takes a request: of its host, else of the wildcard above it (one label deep), else of those without a host;
 * within a host the exact path, else the longest prefix, element by element. Undefined: no rule and no default.
 * https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @param host lower case, without port
 * @param path without query
 */
export function findRoute(routing: IngressRouting, host: string, path: string): Route | undefined {
  const dot = host.indexOf('.');
  const found = inHost(routing.hosts.get(host), path)
    ?? (dot > 0 ? inHost(routing.hosts.get(`*${host.slice(dot)}`), path) : undefined)
    ?? (host === '' ? undefined : inHost(routing.hosts.get(''), path));
  if (found !== undefined) return found;
  return routing.defaultBackend === undefined ? undefined : { ingress: undefined, path: '/', backend: routing.defaultBackend };
}

function inHost(host: IngressHost | undefined, path: string): Route | undefined {
  if (host === undefined) return undefined;
  let index = indexes.get(host);
  if (index === undefined) indexes.set(host, (index = indexOf(host.paths)));
  const exact = index.exact.get(path);
  if (exact !== undefined) return exact;
  for (let prefix = upTo(path, index.depth); ; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    const route = index.prefixes.get(prefix);
    if (route !== undefined) return route;
    if (prefix === '') return undefined;
  }
}

function indexOf(paths: readonly IngressPath[]): HostIndex {
  const exact = new Map<string, Route>();
  const prefixes = new Map<string, Route>();
  let depth = 0;
  for (const { path, match, backend, ingress } of paths) {
    const [map, key] = match === 'exact' ? [exact, path] : [prefixes, path.endsWith('/') ? path.slice(0, -1) : path];
    // In order of precedence: of two that claim the same the first has it.
    if (!map.has(key)) map.set(key, { ingress, path, backend });
    if (match === 'prefix') depth = Math.max(depth, key.split('/').length - 1);
  }
  return { exact, prefixes, depth };
}

/** The first `depth` elements of a path, without a slash at the end. */
function upTo(path: string, depth: number): string {
  let end = 0;
  for (let left = depth; left > 0; left--) {
    const next = path.indexOf('/', end + 1);
    if (next < 0) {
      end = path.length;
      break;
    }
    end = next;
  }
  const cut = path.slice(0, end);
  return cut.endsWith('/') ? cut.slice(0, -1) : cut;
}
