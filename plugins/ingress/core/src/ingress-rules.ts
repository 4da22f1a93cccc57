import type { Ingress, IngressBackend as ApiBackend } from '@keelson/api/networking/v1';
import type { BackendRef } from './backend-resolver.ts';

/** One path of one Ingress. */
export interface PathRule {
  readonly host: string;
  readonly path: string;
  readonly match: 'exact' | 'prefix';
  /** Undefined: a backend that is no service; nobody serves it. */
  readonly backend: BackendRef | undefined;
}

/** An Ingress taken apart. */
export interface IngressRules {
  readonly paths: readonly PathRule[];
  readonly defaultBackend: BackendRef | undefined;
  /** Secrets by the hosts that they are given for. */
  readonly tls: readonly { readonly secret: string; readonly hosts: readonly string[] }[];
}

/** Class that an Ingress asks for; undefined: none. */
export function classOf({ metadata, spec }: Ingress): string | undefined {
  return spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
}

/** The rules of https://kubernetes.io/docs/concepts/services-networking/ingress/. */
export function rulesOf({ metadata, spec }: Ingress): IngressRules {
  const namespace = metadata.namespace ?? '';
  const fallback = refOf(namespace, spec?.defaultBackend);
  const paths: PathRule[] = [];
  for (const { host, http } of spec?.rules ?? []) {
    const name = (host ?? '').toLowerCase();
    const own = (http?.paths ?? []).map((each): PathRule => ({
      host: name,
      path: each.path === undefined || each.path === '' ? '/' : each.path,
      match: each.pathType === 'Exact' ? 'exact' : 'prefix',
      backend: refOf(namespace, each.backend),
    }));
    paths.push(...own);
    // What no path of the host takes goes to the Ingress's own default, before anybody else's.
    if (fallback !== undefined && !own.some(({ path, match }) => path === '/' && match === 'prefix')) paths.push({ host: name, path: '/', match: 'prefix', backend: fallback });
  }
  return {
    paths,
    defaultBackend: fallback,
    tls: (spec?.tls ?? []).filter(({ secretName }) => secretName !== undefined && secretName !== '').map(({ secretName, hosts }) => ({
      secret: `${namespace}/${secretName}`,
      hosts: (hosts ?? []).map((each) => each.toLowerCase()),
    })),
  };
}

/** Order among Ingresses that claim the same: the older wins, then the name. */
export function byAge(a: Ingress, b: Ingress): number {
  const [left, right] = [a, b].map(({ metadata }) => `${String(metadata.creationTimestamp ?? '')} ${metadata.namespace}/${metadata.name}`);
  return left! < right! ? -1 : left! > right! ? 1 : 0;
}

/** Exact before prefix, long before short. */
export function byPrecedence(a: Pick<PathRule, 'path' | 'match'>, b: Pick<PathRule, 'path' | 'match'>): number {
  if (a.match !== b.match) return a.match === 'exact' ? -1 : 1;
  return withoutSlash(b.path).length - withoutSlash(a.path).length;
}

/** `/api/` and `/api` are the same prefix. */
export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function refOf(namespace: string, backend: ApiBackend | undefined): BackendRef | undefined {
  const service = backend?.service;
  if (service === undefined) return undefined;
  const port = service.port?.name ?? service.port?.number;
  return port === undefined ? undefined : { namespace, service: service.name, port };
}
