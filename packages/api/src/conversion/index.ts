export { convertObject } from './convert.ts';
