import { definitionsFor } from './definitions.ts';
import { answerTypes, type DocumentSource } from './document-v3.ts';
import { operationsOf, type Operation } from './operations.ts';
import type { Steps } from './steps.ts';
import { dialect2, type Json } from './type-schema.ts';

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

/** Swagger 2 document of everything that is served. */
export function* documentV2(source: DocumentSource): Steps<Json> {
  const paths: Record<string, Json> = {};
  for (const kind of source.kinds) {
    if (kind.verbs.length === 0) continue;
    for (const operation of operationsOf(kind, source.definitionOf)) (paths[operation.path] ??= pathItem(operation))[operation.method] = writeOperation(operation);
    yield;
  }
  return {
    swagger: '2.0',
    info: { title: source.title, version: source.version },
    paths,
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
