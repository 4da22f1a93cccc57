export { runController, type RunControllerOptions, type RunningController } from './run/run-controller.ts';
export type { ControllerCounters } from './run/counters.ts';
export { WorkQueue, type WorkItem, type WorkQueueOptions } from './queue/work-queue.ts';
export type { RetryLimits } from './queue/rate-limiter.ts';
export { Expectations } from './run/expectations.ts';
export { slowStartBatch } from './slow-start-batch.ts';
