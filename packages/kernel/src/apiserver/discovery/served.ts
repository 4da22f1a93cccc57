import type { Kind } from '@keelson/api';
import { compareVersions } from '@keelson/api/meta';

/** Versions of a group, most preferred first, with the kinds that each serves in order of resource name. */
export interface ServedGroup {
  readonly group: string;
  readonly versions: readonly { readonly version: string; readonly kinds: readonly Kind[] }[];
}

/** Arranges served kinds by group and version; groups keep the order of their first kind. */
export function groupKinds(kinds: Iterable<Kind>): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of kinds) {
    if (kind.verbs.length === 0) continue; // a body of subresources only
    let versions = groups.get(kind.group);
    if (versions === undefined) groups.set(kind.group, (versions = new Map()));
    const list = versions.get(kind.version);
    if (list === undefined) versions.set(kind.version, [kind]);
    else list.push(kind);
  }
  return Array.from(groups, ([group, versions]) => ({
    group,
    versions: Array.from(versions, ([version, list]) => ({ version, kinds: list.sort((a, b) => (a.plural < b.plural ? -1 : 1)) })).sort((a, b) =>
      compareVersions(a.version, b.version),
    ),
  }));
}
