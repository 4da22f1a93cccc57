import type { DocumentSource } from './document-source.ts';
import { operationsOf, type Operation } from './operations.ts';
import type { Steps } from './steps.ts';
import type { Json } from './type-schema.ts';

/** How a version of OpenAPI writes what all of them say. */
export interface PathWriter {
  pathItem(operation: Operation): Json;
  operation(operation: Operation): Json;
}

/** The paths of a document, a step per kind. */
export function* pathsOf(source: Pick<DocumentSource, 'kinds' | 'definitionOf'>, writer: PathWriter): Steps<Record<string, Json>> {
  const paths: Record<string, Json> = {};
  for (const kind of source.kinds) {
    if (kind.verbs.length === 0) continue;
    for (const operation of operationsOf(kind, source.definitionOf)) (paths[operation.path] ??= writer.pathItem(operation))[operation.method] = writer.operation(operation);
    yield;
  }
  return paths;
}
