import type { Kind } from '@keelson/api';
import type { TypeMeta } from '@keelson/api/protobuf';
import { decodeObject } from '@keelson/api/schema';
import { StatusError } from '@keelson/sdk';
import { badRequest } from '../api-errors.ts';
import type { MutableObject } from '../mutable-object.ts';
import { maxNesting, textNestsTooDeep } from '../nesting.ts';
import type { ApiRequest, RequestBody } from '../request.ts';
import { protobufType } from '../table/index.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { parseProtobuf } from './protobuf-body.ts';
import { parseYaml } from './yaml-body.ts';
import { cloneJson } from '../patch/json-value.ts';

const jsonTypes = new Set(['application/json', '']);
const yamlTypes = new Set(['application/yaml', 'text/yaml', 'application/x-yaml']);

/**
 * The body as plain data that the caller may change; `expected` is its kind where that has a protobuf form. Errors: 400
 * if it cannot be parsed, 415 for other content types.
 */
export function parseBody(body: RequestBody | undefined, expected?: TypeMeta): unknown {
  if (body === undefined) return undefined;
  if (body.type === 'object') return cloneJson(body.value);
  if (body.bytes.length === 0) return undefined;
  const type = body.contentType;
  if (yamlTypes.has(type)) return parseYaml(body.bytes);
  if (type === protobufType && expected !== undefined) return parseProtobuf(body.bytes, expected);
  if (!jsonTypes.has(type)) {
    throw new StatusError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml${expected === undefined ? '' : `, ${protobufType}`}`,
    );
  }
  return parseJson(body.bytes);
}

/** Errors: 400 that quotes the parser, never the content. */
export function parseJson(bytes: Buffer): unknown {
  if (textNestsTooDeep(bytes)) throw badRequest(`couldn't parse the request body as JSON: exceeded max depth of ${maxNesting}`);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badRequest(`couldn't parse the request body as JSON: ${withoutContent(error as Error)}`);
  }
}

/** An engine's message may quote the text around the mistake, and the text may be a secret. */
function withoutContent(error: Error): string {
  const position = /at position \d+( \(line \d+ column \d+\))?/.exec(error.message);
  if (/end of JSON input/i.test(error.message)) return 'unexpected end of JSON input';
  return position === null ? 'invalid character' : `invalid character ${position[0]}`;
}

/**
 * The object of a write, checked against its kind's schema: types (400), unknown and duplicate fields (400, a warning,
 * or nothing, as `fieldValidation` says), kind and apiVersion (400).
 */
export function decodeBody(request: ApiRequest, kind: Kind): MutableObject {
  const value = parseBody(request.body, kind.definition === '' ? undefined : kind);
  if (value === undefined) throw badRequest(`the body of the request was empty, expected ${kind.kind}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: json: cannot unmarshal ${jsonType(value)} into Go value of type ${goType(kind)}`);
  }
  const object = value as MutableObject;
  checkKind(object, kind);
  const level = fieldValidation(request);
  const duplicates = level !== 'Ignore' && request.body?.type === 'bytes' && jsonTypes.has(request.body.contentType) ? duplicateFields(request.body.bytes, value) : [];
  decodeAs(request, kind, object, level, duplicates);
  return object;
}

/** As {@link decodeBody}, for an object that was made on the server (patched, applied). */
export function decodeAs(
  request: Pick<ApiRequest, 'warn'>,
  kind: Kind,
  object: MutableObject,
  level: FieldValidation,
  duplicates: readonly string[] = [],
): void {
  object.apiVersion = kind.apiVersion;
  object.kind = kind.kind;
  if (kind.definition !== '') {
    const { unknown, error } = decodeObject(object, kind.definition);
    const prefix = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `;
    if (error !== undefined) throw badRequest(prefix + error);
    const findings = [...unknown.map((path) => `unknown field "${path}"`), ...duplicates.map((path) => `duplicate field "${path}"`)];
    if (findings.length > 0 && level === 'Strict') throw badRequest(`${prefix}strict decoding error: ${findings.join(', ')}`);
    if (level === 'Warn') for (const finding of findings) request.warn(finding);
  }
  if (typeof object.metadata !== 'object' || (object.metadata as unknown) === null) object.metadata = {} as MutableObject['metadata'];
  dropEmpty(object.metadata as unknown as Record<string, unknown>);
  if (kind.definition === '') decodeCustomMetadata(kind, object);
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Of a custom object only the metadata has a type that the server relies on; unknown members of it are dropped. */
function decodeCustomMetadata(kind: Kind, object: MutableObject): void {
  const { error } = decodeObject(object.metadata, objectMeta);
  if (error !== undefined) throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${error}`);
}

const omittedWhenEmpty = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** Metadata never holds empty collections: a client that compares what it wrote with what it reads expects none. */
function dropEmpty(metadata: Record<string, unknown>): void {
  for (const field of omittedWhenEmpty) {
    const value = metadata[field];
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) delete metadata[field];
  }
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Errors: 422-like 400 for other values. */
export function fieldValidation(request: Pick<ApiRequest, 'query'>): FieldValidation {
  const value = request.query.get('fieldValidation') ?? '';
  if (value === '') return 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw new StatusError('Invalid', `fieldValidation: Unsupported value: ${JSON.stringify(value)}: supported values: "Ignore", "Strict", "Warn"`);
}

/** `dryRun=All`, or nothing. Errors: 422. */
export function isDryRun(request: Pick<ApiRequest, 'query'>): boolean {
  const value = request.query.get('dryRun') ?? '';
  if (value !== '' && value !== 'All') throw new StatusError('Invalid', `dryRun: Unsupported value: ${JSON.stringify(value)}: supported values: "All"`);
  return value === 'All';
}

function checkKind(object: MutableObject, kind: Kind): void {
  const apiVersion: unknown = object.apiVersion;
  const name: unknown = object.kind;
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== kind.apiVersion) {
    throw badRequest(`the API version in the data (${String(apiVersion)}) does not match the expected API version (${kind.apiVersion})`);
  }
  if (name !== undefined && name !== '' && name !== kind.kind) {
    throw badRequest(`${String(name)} in version "${kind.version}" cannot be handled as a ${kind.kind}: converting (${kind.version}.${String(name)}) to (${kind.version}.${kind.kind}): unknown conversion`);
  }
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

const goType = (kind: Kind): string => `${kind.version}.${kind.kind}`;
