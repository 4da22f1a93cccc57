export { describeDefinition, type TypeDescription } from './describe.ts';
