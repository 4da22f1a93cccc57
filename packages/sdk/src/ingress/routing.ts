import type { SpanContext } from '@opentelemetry/api';
import { extensionPoint } from '../extension-point.ts';

export interface IngressEndpoint {
  readonly address: string;
  readonly port: number;
}

/** Where a request goes. */
export interface IngressBackend {
  /** `namespace/service:port`; one object per backend, shared by all paths that lead there. */
  readonly key: string;
  /** Ready ones; empty: the client gets 503. */
  readonly endpoints: readonly IngressEndpoint[];
}

export interface IngressPath {
  /** `namespace/name` of the Ingress that it is from. */
  readonly ingress: string;
  readonly path: string;
  /** `ImplementationSpecific` is treated as a prefix. */
  readonly match: 'exact' | 'prefix';
  /** Undefined: the Service or its port does not exist; the client gets 503. */
  readonly backend: IngressBackend | undefined;
}

/** One host with its paths in order of precedence: exact before prefix, long before short, old Ingress before new. */
export interface IngressHost {
  /** `shop.example.org`, `*.example.org`, or '' for requests that no other host takes. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

/** A TLS secret in use. Never logged, never in a trace. */
export interface IngressCertificate {
  /** `namespace/secret`. */
  readonly secret: string;
  /** Names that it is given for. */
  readonly hosts: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

/** All that one ingress class routes. Frozen; unchanged parts are the same objects from one routing to the next. */
export interface IngressRouting {
  readonly hosts: ReadonlyMap<string, IngressHost>;
  readonly certificates: readonly IngressCertificate[];
  /** For requests that no host and path takes; undefined: 404. */
  readonly defaultBackend: IngressBackend | undefined;
}

/** What made a new routing. */
export interface IngressDelta {
  /** Ingresses (`namespace/name`) and backends (`namespace/service:port`) that changed. */
  readonly changed: readonly string[];
  /** Of the newest change in here: parent of the `program` span and of the first request's milestone. */
  readonly cause?: SpanContext | undefined;
}

/** Serves what a routing says. */
export interface IngressProxy {
  /** Kebab-case: the default name of its IngressClass. */
  readonly name: string;
  /** `spec.controller` of the IngressClasses that it serves (`keelson.dev/ingress-built-in`). */
  readonly controller: string;
  /** Called for the first routing and for each change; never twice at a time. Resolves when new requests follow it; no request is lost. */
  program(routing: IngressRouting, delta: IngressDelta, signal: AbortSignal): Promise<void>;
  /** Addresses for `status.loadBalancer` of its Ingresses. */
  addresses(): readonly { readonly ip?: string; readonly hostname?: string }[];
}

/** Ingress proxies; each serves the classes of its controller. Errors are retried by the ingress core: unguarded. */
export const IngressProxies = extensionPoint<IngressProxy>('keelson.ingress.proxies', { guarded: false });
