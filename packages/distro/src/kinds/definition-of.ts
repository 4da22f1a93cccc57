import { compareVersions, type Kind } from '@keelson/api';
import { CustomResourceDefinition, type CustomResourceDefinitionVersion } from '@keelson/api/apiextensions/v1';
import { newObject } from '@keelson/client';

/** Says which plugin a definition was made for; without it a definition is somebody else's and is left alone. */
export const ownerAnnotation = 'keelson.dev/plugin';

/** One CustomResourceDefinition per resource that the kinds name, versions of one resource together. */
export function definitionsOf(kinds: readonly Kind[], plugin: string): readonly CustomResourceDefinition[] {
  const resources = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const name = `${kind.plural}.${kind.group}`;
    resources.set(name, [...(resources.get(name) ?? []), kind]);
  }
  return [...resources.values()].map((versions) => definitionOf([...versions].sort((a, b) => compareVersions(a.version, b.version)), plugin));
}

/** A plugin's kinds have types but no schema, so fields that the server does not know are kept. */
function definitionOf(kinds: readonly Kind[], plugin: string): CustomResourceDefinition {
  const [first] = kinds as [Kind];
  const named = kinds.find(({ version }) => version === first.storage.version) ?? first;
  return newObject(CustomResourceDefinition, {
    metadata: { name: `${first.plural}.${first.group}`, annotations: { [ownerAnnotation]: plugin } },
    spec: {
      group: first.group,
      scope: first.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: first.kind, listKind: first.listKind, plural: first.plural, singular: first.singular,
        ...(first.shortNames.length === 0 ? {} : { shortNames: [...first.shortNames] }),
        ...(first.categories.length === 0 ? {} : { categories: [...first.categories] }),
      },
      versions: kinds.map((kind) => versionOf(kind, kind === named)),
    },
  });
}

function versionOf(kind: Kind, storage: boolean): CustomResourceDefinitionVersion {
  const has = (name: string): boolean => kind.subresources.some((subresource) => subresource.name === name);
  const subresources = {
    ...(has('status') ? { status: {} } : {}),
    ...(has('scale') ? { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' } } : {}),
  };
  return {
    name: kind.version,
    served: true,
    storage,
    schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    ...(Object.keys(subresources).length === 0 ? {} : { subresources }),
    ...(kind.selectableFields.length === 0 ? {} : { selectableFields: kind.selectableFields.map((path) => ({ jsonPath: `.${path}` })) }),
  };
}
