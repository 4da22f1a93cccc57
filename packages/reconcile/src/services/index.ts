export { bySelector, selects, servicesOfPod } from './services-of-pod.ts';
export { servedPorts } from './served-ports.ts';
export type { ServedPort } from './served-ports.ts';
export { TriggerTimes } from './trigger-times.ts';
