export { decodeObject, unknownFieldMessage, type DecodeFindings } from './decode.ts';
export { formatPath } from './decode-state.ts';
export { definition, definitionNames, findDefinition } from './definitions.ts';
export type { Definition, Field, FieldMarks, ListType, TypeSchema } from './definition.ts';
