import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeWith } from '../../../../tools/jest/require-part.ts';
import { findDefinition, definitionNames } from './definitions.ts';
import { builtinKinds, findKind } from '../kinds.ts';
import { decodeObject } from './decode.ts';
import type { FieldMarks, TypeSchema } from './definition.ts';

const reference = join(process.cwd(), '../shared/reference');
const openapi = join(reference, 'openapi/v1.36.0-definitions.json');
const samples = join(reference, 'api-samples');

function folder(path: string) {
  return { name: 'upstream oracle', missing: () => (existsSync(path) ? undefined : `no ${path}; only the project's own workspace has it`) };
}

interface OracleField {
  type?: string;
  format?: string;
  $ref?: string;
  items?: OracleField;
  additionalProperties?: OracleField;
  enum?: string[];
  [mark: `x-kubernetes-${string}`]: unknown;
}

interface OracleType {
  properties?: Record<string, OracleField>;
  required?: string[];
  'x-kubernetes-map-type'?: string;
}

const scalars: Record<string, string> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
};

function oracleShape(field: OracleField): string {
  if (field.$ref !== undefined) {
    const name = field.$ref.replace('#/definitions/', '');
    return scalars[name] ?? name;
  }
  if (field.type === 'array') return `[${oracleShape(field.items ?? {})}]`;
  if (field.additionalProperties !== undefined) return `{${oracleShape(field.additionalProperties)}}`;
  return `${field.type ?? 'any'}${field.format === undefined ? '' : `/${field.format}`}`;
}

function ourShape(schema: TypeSchema): string {
  switch (schema.type) {
    case 'string':
      return schema.format === undefined ? 'string' : { byte: 'string/byte', 'date-time': 'time', 'micro-time': 'micro-time' }[schema.format];
    case 'integer':
      return `integer/${schema.format}`;
    case 'number':
      return 'number/double';
    case 'array':
      return `[${ourShape(schema.items)}]`;
    case 'map':
      return `{${ourShape(schema.values)}}`;
    case 'ref':
      return schema.name;
    case 'any':
      return schema.name ?? 'any';
    case 'object':
      return schema.definition.name;
    default:
      return schema.type;
  }
}

describeWith(folder(openapi))('against the OpenAPI of Kubernetes 1.36', () => {
  const oracle = JSON.parse(readFileSync(openapi, 'utf8')) as { definitions: Record<string, OracleType> };
  const stable = Object.entries(oracle.definitions).filter(([name, type]) => !/\.v\d+(alpha|beta)/.test(name) && type.properties !== undefined);

  it('has every stable type and no other', () => {
    expect(definitionNames().filter((name) => oracle.definitions[name] === undefined)).toEqual([]);
    const empty = new Set(['io.k8s.apimachinery.pkg.apis.meta.v1.Patch']);
    expect(stable.map(([name]) => name).filter((name) => findDefinition(name) === undefined && !empty.has(name))).toEqual([]);
  });

  it('has the same fields, types and requirements', () => {
    const differences: string[] = [];
    for (const [name, type] of stable) {
      const ours = findDefinition(name);
      const properties = type.properties ?? {};
      for (const field of new Set([...Object.keys(properties), ...(ours?.fields.keys() ?? [])])) {
        const expected = properties[field];
        const actual = ours?.fields.get(field);
        if (expected === undefined || actual === undefined) differences.push(`${name}.${field} is only in ${expected === undefined ? 'ours' : 'upstream'}`);
        else if (oracleShape(expected) !== ourShape(actual.schema)) differences.push(`${name}.${field}: ${oracleShape(expected)} here ${ourShape(actual.schema)}`);
        else if ((type.required?.includes(field) ?? false) !== actual.required) differences.push(`${name}.${field}: required differs`);
      }
    }
    expect(differences).toEqual([]);
  });

  it('has the same list types, merge keys and map types', () => {
    const differences: string[] = [];
    for (const [name, type] of stable) {
      const ours = findDefinition(name);
      if ((type['x-kubernetes-map-type'] ?? undefined) !== ours?.mapType) differences.push(`${name}: map type ${type['x-kubernetes-map-type']} here ${ours?.mapType}`);
      for (const [field, expected] of Object.entries(type.properties ?? {})) {
        const marks = oracleMarks(expected);
        const actual = ourMarks(ours?.fields.get(field) ?? {});
        if (marks !== actual) differences.push(`${name}.${field}: ${marks} here ${actual}`);
      }
    }
    // APIResource.verbs carries no list type upstream; ours is atomic like every unmarked list, which means the same.
    const explained = /meta\.v1\.APIResource\.verbs|JSONSchemaProps\.(dependencies|enum)/;
    expect(differences.filter((line) => !explained.test(line))).toEqual([]);
  });

  // That document is made without the other enums, which a server adds when it runs: overlay/enums holds them.
  it('has every enum that upstream has', () => {
    const enums = stable.flatMap(([name, type]) => Object.entries(type.properties ?? {}).map(([field, { enum: values }]) => ({ name, field, values: values ?? [] }))).filter(({ values }) => values.length > 0);
    expect(enums.length).toBeGreaterThan(100);
    const missing = enums.filter(({ name, field, values }) => !values.every((value) => findDefinition(name)?.fields.get(field)?.enum?.includes(value)));
    expect(missing).toEqual([]);
  });

  function oracleMarks(field: OracleField): string {
    return JSON.stringify([
      field['x-kubernetes-list-type'], field['x-kubernetes-list-map-keys'], field['x-kubernetes-map-type'],
      field['x-kubernetes-patch-strategy'], field['x-kubernetes-patch-merge-key'],
    ]);
  }

  function ourMarks(field: FieldMarks): string {
    return JSON.stringify([field.listType, field.listMapKeys, field.mapType, field.patchStrategy, field.patchMergeKey]);
  }
});

/** Kinds of samples that are served (or are bodies of requests), by `group.version.Kind`. */
function sampleKinds(): string[] {
  return readdirSync(samples).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length));
}

describeWith(folder(samples))('against one full object of each kind', () => {
  const kinds = builtinKinds();
  const known = existsSync(samples)
    ? sampleKinds().filter((name) => kinds.some((kind) => name === `${kind.group === '' ? 'core' : kind.group}.${kind.version}.${kind.kind}`))
    : [];

  it('covers every built-in kind that has a sample', () => {
    const withoutSample = kinds.filter((kind) => !known.includes(`${kind.group === '' ? 'core' : kind.group}.${kind.version}.${kind.kind}`));
    // The samples come from the k8s.io/api repository, which does not hold these two groups.
    expect(withoutSample.map((kind) => kind.kind).sort()).toEqual(['APIService', 'CustomResourceDefinition']);
  });

  it.each(known)('keeps all of %s', (name) => {
    const object = parse(readFileSync(join(samples, `${name}.yaml`), 'utf8')) as Record<string, unknown>;
    const before = structuredClone(object);
    const [group, version, kindName] = splitName(name);
    const kind = findKind(group, version, kindName);
    const found = decodeObject(object, kind?.definition ?? '');
    expect(found).toMatchObject({ unknown: [], error: undefined });
    expect(object).toEqual(before);
  });

  function splitName(name: string): [string, string, string] {
    const parts = name.split('.');
    const kind = parts.pop() ?? '';
    const version = parts.pop() ?? '';
    const group = parts.join('.');
    return [group === 'core' ? '' : group, version, kind];
  }
});
