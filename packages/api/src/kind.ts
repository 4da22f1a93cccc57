import { formatApiVersion } from './meta/group-version.ts';
import type { KubeObject } from './meta/object.ts';

/** Verbs of discovery documents and of RBAC. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A subresource as discovery lists it. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** Kind of the request body; the parent's own kind when left out. */
  readonly body?: { readonly group: string; readonly version: string; readonly kind: string };
  /** Streams or proxied bytes, not an object (exec, log, proxy …). */
  readonly connect?: boolean;
}

declare const objectType: unique symbol;

/** Everything the server, clients and tools need to know about one kind of object, as plain data. */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `group/version`, or `version` for the core group. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly listKind: string;
  /** Empty for kinds that are only bodies of subresources (Scale, Eviction, TokenRequest). */
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** OpenAPI definition name; custom kinds have their schema elsewhere and an empty name here. */
  readonly definition: string;
  /** Where objects are kept: several served kinds may share one (core and events.k8s.io Event). */
  readonly storage: { readonly group: string; readonly version: string; readonly resource: string };
  /** All served versions of this resource in its group, most preferred first. */
  readonly servedVersions: readonly string[];
  /** Field selector labels beyond metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** Present in types only: the object type that this kind describes. */
  readonly [objectType]?: T;
}

/** The object type of a kind. */
export type ObjectOf<K> = K extends Kind<infer T> ? T : never;

/** All verbs of an ordinary stored resource, in discovery's order. */
export const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The `status` subresource of kinds that have one. */
export const statusSubresource: Subresource = { name: 'status', verbs: ['get', 'patch', 'update'] };

/** The `scale` subresource with its autoscaling/v1 body. */
export const scaleSubresource: Subresource = {
  name: 'scale',
  verbs: ['get', 'patch', 'update'],
  body: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};

/** What {@link defineKind} needs; everything else has the usual default. */
export interface KindOptions {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Default: the lower-cased kind with an English plural ending. */
  readonly plural?: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Default: true. */
  readonly namespaced?: boolean;
  readonly listKind?: string;
  readonly verbs?: readonly Verb[];
  readonly subresources?: readonly Subresource[];
  readonly definition?: string;
  readonly storage?: Partial<Kind['storage']>;
  readonly servedVersions?: readonly string[];
  readonly selectableFields?: readonly string[];
}

/** Describes a kind, built-in or custom; the type parameter is the object's TypeScript type. */
export function defineKind<T extends KubeObject = KubeObject>(options: KindOptions): Kind<T> {
  const { group, version, kind } = options;
  const singular = options.singular ?? kind.toLowerCase();
  const plural = options.plural ?? pluralOf(singular);
  return Object.freeze({
    group,
    version,
    kind,
    apiVersion: formatApiVersion({ group, version }),
    plural,
    singular,
    shortNames: options.shortNames ?? [],
    categories: options.categories ?? [],
    namespaced: options.namespaced ?? true,
    listKind: options.listKind ?? `${kind}List`,
    verbs: options.verbs ?? allVerbs,
    subresources: options.subresources ?? [],
    definition: options.definition ?? '',
    storage: { group, version, resource: plural, ...options.storage },
    servedVersions: options.servedVersions ?? [version],
    selectableFields: options.selectableFields ?? [],
  });
}

/** English plural as the resource names use it. */
function pluralOf(singular: string): string {
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

/** A `defineKind` for one API package: fills in group, version and definition name. */
export function kindsOf(place: { readonly group: string; readonly version: string; readonly package: string }) {
  return <T extends KubeObject>(kind: string, options: Omit<KindOptions, 'group' | 'version' | 'kind'> = {}): Kind<T> =>
    defineKind<T>({ group: place.group, version: place.version, kind, definition: `${place.package}.${kind}`, ...options });
}
