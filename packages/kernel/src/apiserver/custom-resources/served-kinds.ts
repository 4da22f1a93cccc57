import { allVerbs, compareVersions, defineKind, scaleSubresource, statusSubresource, type Kind } from '@keelson/api';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '@keelson/api/apiextensions/v1';
import type { CustomForm } from '../registry/served-resource.ts';
import { printerRows } from './printer-rows.ts';

/** One served version of a custom kind. */
export interface CustomVersion {
  readonly kind: Kind;
  readonly form: CustomForm;
}

/** What a definition with accepted names is served as, most preferred version first. */
export function servedKinds(crd: CustomResourceDefinition): readonly CustomVersion[] {
  const { group, versions, scope } = crd.spec;
  const names = crd.status?.acceptedNames ?? crd.spec.names;
  const served = versions.filter((version) => version.served).sort((a, b) => compareVersions(a.name, b.name));
  const stored = versions.find((version) => version.storage)?.name ?? '';
  // Bytes of another version may be there as long as the definition remembers having stored it.
  const mixed = versions.length > 1 || (crd.status?.storedVersions ?? []).length > 1;
  return served.map((version) => ({
    kind: defineKind({
      group,
      version: version.name,
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      listKind: names.listKind ?? `${names.kind}List`,
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: scope === 'Namespaced',
      verbs: allVerbs,
      subresources: subresourcesOf(version),
      storage: { version: stored },
      servedVersions: served.map(({ name }) => name),
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    }),
    form: {
      rows: printerRows(version.additionalPrinterColumns),
      schema: version.schema?.openAPIV3Schema,
      scale: version.subresources?.scale,
      mixed,
      warning: deprecation(crd, version),
    },
  }));
}

function subresourcesOf({ subresources }: CustomResourceDefinitionVersion): Kind['subresources'] {
  return [...(subresources?.status === undefined ? [] : [statusSubresource]), ...(subresources?.scale === undefined ? [] : [scaleSubresource])];
}

function deprecation({ spec }: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string | undefined {
  if (version.deprecated !== true) return undefined;
  return version.deprecationWarning ?? `${spec.group}/${version.name} ${spec.names.kind} is deprecated`;
}
