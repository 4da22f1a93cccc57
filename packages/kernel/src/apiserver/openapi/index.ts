export { OpenApi } from './openapi.ts';
export type { OpenApiAnswer, OpenApiOptions } from './openapi.ts';
export { schemaDefault } from './schema-defaults.ts';
