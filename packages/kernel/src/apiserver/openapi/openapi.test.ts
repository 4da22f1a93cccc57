import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { builtinKinds } from '@keelson/api';
import { describeWith } from '../../../../../tools/jest/require-part.ts';
import { OpenApi } from './index.ts';

const openapi = new OpenApi(builtinKinds(), { version: 'v1.36.0' });
const read = (path: string) => JSON.parse(openapi.answer(path, 'application/json')?.body.toString() ?? 'null') as never;

type Schema = { $ref?: string; allOf?: Schema[]; type?: string; format?: string; properties?: Record<string, Schema>; items?: Schema; additionalProperties?: Schema; required?: string[]; enum?: string[]; oneOf?: object[]; default?: unknown } & Record<`x-kubernetes-${string}`, unknown>;
type Operation = { parameters: { name: string; in: string }[]; requestBody?: { content: Record<string, { schema: Schema }> }; operationId: string; 'x-kubernetes-action': string; 'x-kubernetes-group-version-kind': object };
type V3 = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };

describe('OpenAPI v3', () => {
  const apps = read('/openapi/v3/apis/apps/v1') as V3;

  it('has an index with hashed addresses that are served', () => {
    const { paths } = read('/openapi/v3') as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/rbac.authorization.k8s.io/v1']));
    for (const [name, { serverRelativeURL }] of Object.entries(paths)) {
      expect(serverRelativeURL).toMatch(new RegExp(`^/openapi/v3/${name.replaceAll('.', '\\.')}\\?hash=[0-9A-F]{128}$`));
      expect(openapi.answer(`/openapi/v3/${name}`, undefined)?.etag).toContain(serverRelativeURL.split('=')[1]);
    }
    expect(openapi.answer('/openapi/v3/apis/none/v1', undefined)).toBeUndefined();
  });

  it('marks operations the way kubectl looks for them', () => {
    const patch = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch'];
    expect(patch).toMatchObject({ 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' } });
    expect(patch?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['dryRun', 'fieldManager', 'fieldValidation', 'force']));
    expect(Object.keys(patch?.requestBody?.content ?? {})).toContain('application/strategic-merge-patch+json');
    expect(apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']?.['get']).toMatchObject({ 'x-kubernetes-group-version-kind': { group: 'autoscaling', version: 'v1', kind: 'Scale' } });
    expect(apps.paths['/apis/apps/v1/deployments']?.['get']).toMatchObject({ 'x-kubernetes-action': 'list' });
  });

  it('names each operation once over all documents', () => {
    const { paths } = read('/openapi/v3') as { paths: Record<string, object> };
    const ids = Object.keys(paths).flatMap((name) => Object.values((read(`/openapi/v3/${name}`) as V3).paths).flatMap((item) => Object.values(item).flatMap((operation) => operation.operationId ?? [])));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('defines all that it refers to, with merge keys, list types and texts', () => {
    const text = JSON.stringify(apps);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] as string);
    expect(references.filter((name) => apps.components.schemas[name] === undefined)).toEqual([]);
    const schemas = apps.components.schemas;
    expect(schemas['io.k8s.api.apps.v1.Deployment']).toMatchObject({ description: expect.stringContaining('declarative updates'), 'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }] });
    expect(schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['containers']).toMatchObject({
      'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.ContainerPort']?.properties?.['protocol']).toMatchObject({ type: 'string', default: 'TCP' });
    expect(schemas['io.k8s.api.apps.v1.Deployment']?.properties?.['kind']?.enum).toBeUndefined();
  });
});

describe('enumerations', () => {
  const { schemas } = (read('/openapi/v3/api/v1') as V3).components;
  const { definitions } = read('/openapi/v2') as { definitions: Record<string, Schema> };

  it.each([['v3', schemas], ['v2', definitions]])('are in %s, of texts and of what lists and maps hold', (_, types) => {
    const field = (type: string, name: string) => types[`io.k8s.api.core.v1.${type}`]?.properties?.[name];
    expect(field('PodSpec', 'restartPolicy')).toMatchObject({ type: 'string', enum: ['Always', 'Never', 'OnFailure'] });
    expect(field('PersistentVolumeClaimSpec', 'accessModes')?.items?.enum).toEqual(['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']);
    expect(field('PersistentVolumeClaimStatus', 'allocatedResourceStatuses')?.additionalProperties?.enum).toContain('NodeResizePending');
    expect(field('PodCondition', 'type')?.enum).toBeUndefined();
    const texts = (type: string, name: string) => (field(type, name) as { description?: string }).description;
    expect(texts('PodSpec', 'restartPolicy')).toMatch(/ .*\n\nPossible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`$/s);
    expect(texts('ServiceSpec', 'ipFamilies')).toMatch(/Possible enum values:\n - `""`\n - `"IPv4"`\n - `"IPv6"`$/);
  });

  it('come with defaults that they hold', () => {
    const strange = Object.entries(definitions).flatMap(([type, { properties = {} }]) =>
      Object.entries(properties).filter(([, field]) => field.enum !== undefined && field.default !== undefined && !field.enum.includes(field.default as string)).map(([name]) => `${type}.${name}`));
    expect(strange).toEqual([]);
  });
});

describe('OpenAPI v2', () => {
  const document = read('/openapi/v2') as { swagger: string; definitions: Record<string, Schema>; paths: Record<string, Record<string, { consumes?: string[] }>> };

  it('holds every kind with its identity', () => {
    expect(document.swagger).toBe('2.0');
    for (const kind of builtinKinds()) expect(document.definitions[kind.definition]?.['x-kubernetes-group-version-kind']).toContainEqual({ group: kind.group, version: kind.version, kind: kind.kind });
    expect(document.paths['/api/v1/namespaces/{namespace}/pods/{name}']?.['patch']?.consumes).toContain('application/strategic-merge-patch+json');
  });

  it('is the same document in protobuf, by an independent reader', () => {
    const answer = openapi.answer('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
    const fields = readMessage(answer?.body ?? Buffer.alloc(0));
    expect(fields.get(1)?.[0]?.toString()).toBe('2.0');
    const paths = (readMessage(one(fields, 8)).get(2) ?? []).map((entry) => one(readMessage(entry), 1).toString());
    expect(paths).toEqual(Object.keys(document.paths));
    const definitions = new Map((readMessage(one(fields, 9)).get(1) ?? []).map((entry) => [one(readMessage(entry), 1).toString(), one(readMessage(entry), 2)]));
    expect([...definitions.keys()]).toEqual(Object.keys(document.definitions));
    for (const [name, bytes] of definitions) expect(readSchema(bytes)).toEqual(document.definitions[name]);
  });

  it('is compressed on demand and refused in forms that nobody has', async () => {
    const answer = openapi.answer('/openapi/v2', undefined);
    expect(gunzipSync((await answer?.gzip()) ?? Buffer.alloc(0)).equals(answer?.body ?? Buffer.alloc(0))).toBe(true);
    expect(() => openapi.answer('/openapi/v2', 'text/html')).toThrow('only the following media types');
  });
});

function readMessage(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    let value: Buffer;
    if (tag % 8 === 0) value = Buffer.from([varint()]);
    else {
      const length = varint();
      value = bytes.subarray(at, at + length);
      at += length;
    }
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function one(fields: Map<number, Buffer[]>, field: number): Buffer {
  const [value] = fields.get(field) ?? [];
  if (value === undefined) throw new Error(`field ${field} is missing`);
  return value;
}

function readSchema(bytes: Buffer): unknown {
  const fields = readMessage(bytes);
  const text = (field: number) => fields.get(field)?.[0]?.toString();
  const any = (value: Buffer) => JSON.parse(one(readMessage(value), 2).toString()) as unknown;
  const result: Record<string, unknown> = { $ref: text(1), format: text(2), description: text(4) };
  const preset = fields.get(5)?.[0];
  if (preset !== undefined) result['default'] = any(preset);
  if (fields.has(19)) result['required'] = fields.get(19)?.map((item) => item.toString());
  if (fields.has(20)) result['enum'] = fields.get(20)?.map(any);
  if (fields.has(21)) result['additionalProperties'] = readSchema(one(readMessage(one(fields, 21)), 1));
  if (fields.has(22)) result['type'] = one(readMessage(one(fields, 22)), 1).toString();
  if (fields.has(23)) result['items'] = readSchema(one(readMessage(one(fields, 23)), 1));
  if (fields.has(25)) result['properties'] = Object.fromEntries((readMessage(one(fields, 25)).get(1) ?? []).map((entry) => [one(readMessage(entry), 1).toString(), readSchema(one(readMessage(entry), 2))]));
  for (const entry of fields.get(31) ?? []) result[one(readMessage(entry), 1).toString()] = any(one(readMessage(entry), 2));
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined));
}

const oraclePath = join(process.cwd(), '../shared/reference/openapi/v1.36.0-definitions.json');
describeWith({ name: 'upstream oracle', missing: () => (existsSync(oraclePath) ? undefined : `no ${oraclePath}; only the project's own workspace has it`) })('against the definitions of Kubernetes 1.36', () => {
  const oracle = (JSON.parse(readFileSync(oraclePath, 'utf8')) as { definitions: Record<string, Schema & { description?: string }> }).definitions;
  const ours = (read('/openapi/v2') as { definitions: Record<string, Schema & { description?: string }> }).definitions;

  it('each definition has the same fields, requirements, references, marks', () => {
    const shape = (schema: Schema | undefined): unknown =>
      schema === undefined ? undefined : { ref: schema.$ref, type: schema.type, format: schema.format, items: shape(schema.items), values: shape(schema.additionalProperties) };
    const marks = (schema: Schema) => Object.fromEntries(Object.entries(schema).filter(([name]) => name.startsWith('x-kubernetes-') && name !== 'x-kubernetes-group-version-kind'));
    const differences: string[] = [];
    for (const [name, mine] of Object.entries(ours)) {
      const theirs = oracle[name];
      if (theirs?.properties === undefined) continue;
      const fields = Object.keys(theirs.properties).sort();
      if (fields.join() !== Object.keys(mine.properties ?? {}).sort().join()) differences.push(`${name}: fields`);
      if ((theirs.required ?? []).slice().sort().join() !== (mine.required ?? []).slice().sort().join()) differences.push(`${name}: required`);
      for (const field of fields) {
        const [a, b] = [theirs.properties[field] as Schema, mine.properties?.[field] as Schema];
        if (JSON.stringify(shape(a)) !== JSON.stringify(shape(b))) differences.push(`${name}.${field}: ${JSON.stringify(shape(a))} != ${JSON.stringify(shape(b))}`);
        if (JSON.stringify(Object.entries(marks(a)).sort()) !== JSON.stringify(Object.entries(marks(b)).sort())) differences.push(`${name}.${field}: marks ${JSON.stringify(marks(a))} != ${JSON.stringify(marks(b))}`);
      }
    }
    expect(differences).toEqual([]);
  });
});

describe('answerInTurns', () => {
  it.each(['/openapi/v3', '/openapi/v3/api/v1', '/openapi/v2'])('makes %s in turns, equal to what is made at once', async (path) => {
    const fresh = new OpenApi(builtinKinds(), { version: 'v1.36.0' });
    let turns = 0;
    const made = await fresh.answerInTurns(path, undefined, async () => void turns++);
    expect(turns).toBeGreaterThan(5);
    expect(made?.etag).toBe(openapi.answer(path, undefined)?.etag);
    expect(await fresh.answerInTurns(path, undefined, () => Promise.reject(new Error('made twice')))).toBe(made);
  });

  it('keeps no document of kinds that are no longer served', async () => {
    const fresh = new OpenApi(builtinKinds(), { version: 'v1.36.0' });
    const stale = await fresh.answerInTurns('/openapi/v3/apis/apps/v1', undefined, async () => fresh.setKinds(builtinKinds().filter(({ group }) => group !== 'apps')));
    expect(stale).toBeDefined();
    expect(fresh.answer('/openapi/v3/apis/apps/v1', undefined)).toBeUndefined();
  });
});
