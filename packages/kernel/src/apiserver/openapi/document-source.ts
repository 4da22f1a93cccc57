import type { Kind } from '@keelson/api';
import type { CustomSchemas } from './definitions.ts';

/** What a document is made of. */
export interface DocumentSource {
  readonly title: string;
  readonly version: string;
  /** Kinds of the document; `bodies` are the definitions that subresources of theirs may name. */
  readonly kinds: readonly Kind[];
  readonly definitionOf: (group: string, version: string, kind: string) => string | undefined;
  /** Kinds whose bodies the subresources need beside `kinds`. */
  readonly bodies: readonly Kind[];
  readonly schemaOf: CustomSchemas;
}
