import type { Kind } from '@keelson/api';
import { findDefinition } from '@keelson/api/schema';
import { customDefinitions, customNeeds } from './custom-definitions.ts';
import type { Steps } from './steps.ts';
import { definitionSchema, reachable, type Dialect, type Json } from './type-schema.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Declared schema of a custom kind, where it has one. */
export type CustomSchemas = (kind: Kind) => object | undefined;

/** Definitions that some kinds need, with group, version and kind where a definition is one; a step per definition. */
export function* definitionsFor(kinds: readonly Kind[], dialect: Dialect, schemaOf: CustomSchemas): Steps<Json> {
  const names = new Set<string>();
  const identities = new Map<string, GroupVersionKind[]>();
  const identify = (name: string, gvk: GroupVersionKind) => identities.set(name, [...(identities.get(name) ?? []), gvk]);
  for (const kind of kinds) {
    if (kind.definition === '') {
      for (const name of customNeeds) reachable(name, names);
      continue;
    }
    const { group, version } = kind;
    reachable(kind.definition, names);
    identify(kind.definition, { group, version, kind: kind.kind });
    const list = `${kind.definition}List`;
    if (findDefinition(list) === undefined) continue;
    reachable(list, names);
    identify(list, { group, version, kind: kind.listKind });
  }
  for (const name of ['DeleteOptions', 'Status', 'WatchEvent'].map((kind) => `${meta}.${kind}`)) reachable(name, names);
  identify(`${meta}.Status`, { group: '', version: 'v1', kind: 'Status' });
  for (const groupVersion of new Set(kinds.map(({ group, version }) => `${group}/${version}`))) {
    const [group = '', version = ''] = groupVersion.split('/');
    for (const kind of ['DeleteOptions', 'WatchEvent']) identify(`${meta}.${kind}`, { group, version, kind });
  }
  const schemas: Json = {};
  for (const name of [...names].sort()) {
    const gvks = identities.get(name);
    schemas[name] = { ...definitionSchema(name, dialect), ...(gvks === undefined ? {} : { 'x-kubernetes-group-version-kind': gvks }) };
    yield;
  }
  for (const kind of kinds) {
    if (kind.definition !== '') continue;
    Object.assign(schemas, customDefinitions(kind, schemaOf(kind), dialect));
    yield;
  }
  schemas[`${meta}.Patch`] = { description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.', type: 'object' };
  return schemas;
}
