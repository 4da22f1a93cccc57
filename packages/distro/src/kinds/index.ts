export { definitionsOf, ownerAnnotation } from './definition-of.ts';
export { establishKinds } from './establish-kinds.ts';
export type { EstablishRequest } from './establish-kinds.ts';
