import { definitionsFor } from './definitions.ts';
import type { DocumentSource } from './document-source.ts';
import { answerTypes } from './document-v3.ts';
import type { Operation } from './operations.ts';
import { pathsOf } from './paths.ts';
import type { Steps } from './steps.ts';
import { dialect2, type Json } from './type-schema.ts';

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

/** Swagger 2 document of everything that is served. */
export function* documentV2(source: DocumentSource): Steps<Json> {
  return {
    swagger: '2.0',
    info: { title: source.title, version: source.version },
    paths: yield* pathsOf(source, { pathItem, operation: writeOperation }),
    definitions: yield* definitionsFor([...source.kinds, ...source.bodies], dialect2, source.schemaOf),
  };
}

function pathItem({ pathParameters }: Operation): Json {
  return { parameters: pathParameters.map((name) => ({ name, in: 'path', required: true, type: 'string', uniqueItems: true })) };
}

function writeOperation(operation: Operation): Json {
  const { group, version } = operation.kind;
  const answer = { description: 'OK', schema: { $ref: dialect2.refPrefix + operation.answer } };
  return {
    consumes: operation.action === 'patch' ? patchTypes : ['*/*'],
    description: operation.description,
    operationId: operation.operationId,
    parameters: [
      ...(operation.body === undefined ? [] : [{ in: 'body', name: 'body', required: operation.method !== 'delete', schema: { $ref: dialect2.refPrefix + operation.body } }]),
      ...operation.query.map(({ name, type, description }) => ({ name, in: 'query', description, type, uniqueItems: true })),
    ],
    produces: answerTypes(operation.kind),
    responses: {
      '200': answer,
      ...(operation.method === 'post' || operation.method === 'put' || operation.method === 'patch' ? { '201': { ...answer, description: 'Created' } } : {}),
      '401': { description: 'Unauthorized' },
    },
    schemes: ['https'],
    tags: [group === '' ? `core_${version}` : `${(group.split('.')[0] ?? '')}_${version}`],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { ...operation.kind },
  };
}
