import type { Kind, Subresource } from '@keelson/api';
import { subresourceKind } from './legacy.ts';
import type { ServedGroup } from './served.ts';

type Document = Readonly<Record<string, unknown>>;

/** Versions of apidiscovery.k8s.io that are served. */
export type AggregatedVersion = 'v2' | 'v2beta1';

/** The whole of discovery in one document: for `/api` the core group, for `/apis` all others. */
export function aggregatedDiscovery(groups: readonly ServedGroup[], version: AggregatedVersion): Document {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: versions.map((served) => ({ version: served.version, resources: served.kinds.map(resource), freshness: 'Current' })),
    })),
  };
}

function resource(kind: Kind): Document {
  const { plural, singular, namespaced, verbs, shortNames, categories, subresources } = kind;
  return {
    resource: plural,
    responseKind: responseKind(kind, kind),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources: [...subresources].sort((a, b) => (a.name < b.name ? -1 : 1)).map((item) => subresourceBody(kind, item)) }),
  };
}

function subresourceBody(kind: Kind, subresource: Subresource): Document {
  const own = { group: '', version: '', kind: subresourceKind(kind, subresource) };
  return { subresource: subresource.name, responseKind: responseKind(kind, subresource.body ?? own), verbs: subresource.verbs };
}

/** Group and version are left empty where they are the enclosing ones. */
function responseKind(kind: Kind, shown: { readonly group: string; readonly version: string; readonly kind: string }): Document {
  const same = shown.group === kind.group && shown.version === kind.version;
  return { group: same ? '' : shown.group, version: same ? '' : shown.version, kind: shown.kind };
}
