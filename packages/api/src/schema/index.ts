export { decodeObject, formatPath, type DecodeFindings } from './decode.ts';
export { definition, definitionNames, findDefinition } from './definitions.ts';
export type { Definition, Field, FieldMarks, ListType, TypeSchema } from './definition.ts';
