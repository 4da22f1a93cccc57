import type { Kind } from '@keelson/api';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '@keelson/api/apiextensions/v1';

/** Names that are taken in a group: of resources (plural, singular, short) and of kinds. */
export interface TakenNames {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** Which of the wanted names a definition may bear, and why not all of them. */
export interface NamesVerdict {
  readonly accepted: CustomResourceDefinitionNames;
  /** Undefined when all names are free. */
  readonly conflict: { readonly reason: string; readonly message: string } | undefined;
}

/** Names in a definition's group that others bear: accepted ones of other definitions, and those of built-in kinds. */
export function namesTakenBeside(crd: CustomResourceDefinition, others: Iterable<CustomResourceDefinition>, builtin: Iterable<Kind>): TakenNames {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  const take = ({ plural, singular, shortNames, kind, listKind }: Partial<CustomResourceDefinitionNames>): void => {
    for (const name of [plural, singular, ...(shortNames ?? [])]) if (name !== undefined && name !== '') resources.add(name);
    for (const name of [kind, listKind]) if (name !== undefined && name !== '') kinds.add(name);
  };
  for (const other of others) if (other.metadata.name !== crd.metadata.name && other.spec.group === crd.spec.group) take(other.status?.acceptedNames ?? {});
  for (const { group, plural, singular, shortNames, kind, listKind } of builtin) {
    if (group === crd.spec.group) take({ plural, singular, shortNames: [...shortNames], kind, listKind });
  }
  return { resources, kinds };
}

/** Accepts each wanted name that is free; a name that is not free leaves the one accepted before in place. */
export function judgeNames(crd: CustomResourceDefinition, taken: TakenNames): NamesVerdict {
  const wanted = crd.spec.names;
  const before: Partial<CustomResourceDefinitionNames> = crd.status?.acceptedNames ?? {};
  let conflict: NamesVerdict['conflict'];
  const refuse = (reason: string, message: string): void => {
    conflict = { reason, message };
  };
  const judge = (name: string | undefined, present: string | undefined, set: ReadonlySet<string>, reason: string): string | undefined => {
    if (name === undefined || name === '' || !set.has(name)) return name;
    refuse(reason, `"${name}" is already in use`);
    return present;
  };
  const plural = judge(wanted.plural, before.plural, taken.resources, 'PluralConflict');
  const singular = judge(wanted.singular, before.singular, taken.resources, 'SingularConflict');
  const clashes = (wanted.shortNames ?? []).filter((name) => taken.resources.has(name));
  if (clashes.length > 0) refuse('ShortNamesConflict', clashes.map((name) => `"${name}" is already in use`).join(', '));
  const shortNames = clashes.length > 0 ? before.shortNames : wanted.shortNames;
  const kind = judge(wanted.kind, before.kind, taken.kinds, 'KindConflict');
  const listKind = judge(wanted.listKind, before.listKind, taken.kinds, 'ListKindConflict');
  const accepted = {
    plural: plural ?? '',
    kind: kind ?? '',
    ...(singular === undefined ? {} : { singular }),
    ...(listKind === undefined ? {} : { listKind }),
    ...(shortNames === undefined || shortNames.length === 0 ? {} : { shortNames }),
    ...(wanted.categories === undefined || wanted.categories.length === 0 ? {} : { categories: wanted.categories }),
  };
  return { accepted, conflict };
}
