import { formatApiVersion } from '@keelson/api';
import { hasProtobufForm } from '@keelson/api/protobuf';
import { protobufType } from '../table/index.ts';
import { definitionsFor } from './definitions.ts';
import type { DocumentSource } from './document-source.ts';
import type { Operation } from './operations.ts';
import { pathsOf } from './paths.ts';
import type { Steps } from './steps.ts';
import { dialect3, type Json } from './type-schema.ts';

const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'];

/** Forms of answers about a kind; custom kinds have none in protobuf. */
export function answerTypes({ kind, ...version }: Operation['kind']): readonly string[] {
  return ['application/json', 'application/yaml', ...(hasProtobufForm(formatApiVersion(version), kind) ? [protobufType] : [])];
}

/** OpenAPI 3 document of one group version. */
export function* documentV3(source: DocumentSource): Steps<Json> {
  return {
    openapi: '3.0.0',
    info: { title: source.title, version: source.version },
    paths: yield* pathsOf(source, { pathItem, operation: writeOperation }),
    components: { schemas: yield* definitionsFor([...source.kinds, ...source.bodies], dialect3, source.schemaOf) },
  };
}

function pathItem({ pathParameters }: Operation): Json {
  return {
    parameters: pathParameters.map((name) => ({
      name,
      in: 'path',
      description: name === 'name' ? 'name of the object' : 'object name and auth scope, such as for teams and projects',
      required: true,
      schema: { type: 'string', uniqueItems: true },
    })),
  };
}

function writeOperation(operation: Operation): Json {
  const { group, version } = operation.kind;
  const content = (types: readonly string[], definition: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: { $ref: dialect3.refPrefix + definition } }]));
  const answer = { description: 'OK', content: content(answerTypes(operation.kind), operation.answer) };
  return {
    tags: [group === '' ? `core_${version}` : `${(group.split('.')[0] ?? '')}_${version}`],
    description: operation.description,
    operationId: operation.operationId,
    parameters: operation.query.map(({ name, type, description }) => ({ name, in: 'query', description, schema: { type, uniqueItems: true } })),
    ...(operation.body === undefined ? {} : { requestBody: { content: content(operation.action === 'patch' ? patchTypes : ['*/*'], operation.body) } }),
    responses: {
      '200': answer,
      ...(operation.method === 'post' || operation.method === 'put' || operation.method === 'patch' ? { '201': { ...answer, description: 'Created' } } : {}),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { ...operation.kind },
  };
}
