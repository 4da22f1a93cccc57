export { bySelector, selects, servicesOfPod } from './services-of-pod.ts';
export { TriggerTimes } from './trigger-times.ts';
