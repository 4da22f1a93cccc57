export { parsePercent, resolveIntOrPercent, type IntOrString } from './int-or-string.ts';
