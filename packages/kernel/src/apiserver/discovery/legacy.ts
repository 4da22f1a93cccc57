import { createHash } from 'node:crypto';
import type { Kind, Subresource } from '@keelson/api';
import type { ServedGroup } from './served.ts';

type Document = Readonly<Record<string, unknown>>;

/** `/api`. */
export function apiVersions(groups: readonly ServedGroup[], serverAddress: string): Document {
  const core = groups.find(({ group }) => group === '');
  return {
    kind: 'APIVersions',
    versions: core?.versions.map(({ version }) => version) ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`. */
export function apiGroupList(groups: readonly ServedGroup[]): Document {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ group }) => group !== '').map(groupBody) };
}

/** `/apis/GROUP`. */
export function apiGroup(group: ServedGroup): Document {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

function groupBody({ group, versions }: ServedGroup): Document {
  const shown = versions.map(({ version }) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: shown, preferredVersion: shown[0] };
}

/** `/api/v1` and `/apis/GROUP/VERSION`. */
export function apiResourceList(groupVersion: string, kinds: readonly Kind[]): Document {
  return { kind: 'APIResourceList', ...(groupVersion === 'v1' ? {} : { apiVersion: 'v1' }), groupVersion, resources: kinds.flatMap(resources) };
}

function resources(kind: Kind): Document[] {
  const { plural, singular, namespaced, verbs, shortNames, categories } = kind;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
      ...(verbs.includes('list') || verbs.includes('get') ? { storageVersionHash: storageVersionHash(kind) } : {}),
    },
    ...[...kind.subresources].sort((a, b) => (a.name < b.name ? -1 : 1)).map((subresource) => subresourceBody(kind, subresource)),
  ];
}

function subresourceBody(kind: Kind, subresource: Subresource): Document {
  const body = subresource.body;
  const foreign = body !== undefined && (body.group !== kind.group || body.version !== kind.version);
  return {
    name: `${kind.plural}/${subresource.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(foreign ? { group: body.group, version: body.version } : {}),
    kind: body?.kind ?? subresourceKind(kind, subresource),
    verbs: subresource.verbs,
  };
}

/** Kind that discovery shows for a subresource without a body of its own. */
export function subresourceKind(kind: Kind, subresource: Subresource): string {
  if (subresource.connect !== true || subresource.name === 'log') return kind.kind;
  const options: Readonly<Record<string, string>> = { attach: 'PodAttachOptions', exec: 'PodExecOptions', portforward: 'PodPortForwardOptions', proxy: `${kind.kind}ProxyOptions` };
  return options[subresource.name] ?? kind.kind;
}

/** Changes when the version that objects are stored in changes; opaque to clients. */
function storageVersionHash(kind: Kind): string {
  const { group, version } = kind.storage;
  return createHash('sha256').update(`${group}/${version}/${kind.kind}`).digest().subarray(0, 8).toString('base64');
}
