export { admissionOrder } from './admission-order.ts';
export { minimal } from './minimal.ts';
export { standard } from './standard.ts';
