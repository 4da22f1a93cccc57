export { defaultObject } from './default-object.ts';
