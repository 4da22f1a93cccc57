import type { Kind } from '@keelson/api';
import { definitionName } from './definition-name.ts';
import type { Dialect, Json } from './type-schema.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Built-in definitions that the definitions of a custom kind refer to. */
export const customNeeds: readonly string[] = [`${meta}.ObjectMeta`, `${meta}.ListMeta`];

/**
 * The definitions of a custom kind and its list. Version 3 shows the declared schema; version 2 cannot express all that a
 * schema may say (unions, nullable) and clients would take its properties for all that there are, so it shows none.
 */
export function customDefinitions(kind: Kind, declared: object | undefined, dialect: Dialect): Json {
  const name = definitionName(kind);
  const identity = (shown: string) => ({ 'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: shown }] });
  const refer = (to: string): Json => (dialect.version === 3 ? { allOf: [{ $ref: dialect.refPrefix + to }], default: {} } : { $ref: dialect.refPrefix + to });
  const own = { apiVersion: { type: 'string' }, kind: { type: 'string' } };
  const { properties, ...schema } = (declared ?? {}) as { readonly properties?: Json };
  const object = dialect.version === 2 ? {} : { ...schema, properties: { ...properties, ...own, metadata: refer(`${meta}.ObjectMeta`) } };
  return {
    [name]: { type: 'object', ...object, ...identity(kind.kind) },
    [`${name}List`]: {
      description: `${kind.listKind} is a list of ${kind.kind}`,
      type: 'object',
      required: ['items'],
      properties: { ...own, metadata: refer(`${meta}.ListMeta`), items: { type: 'array', items: refer(name) } },
      ...identity(kind.listKind),
    },
  };
}
