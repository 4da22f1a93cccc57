/** Figures of a running controller, since its start; read them for metrics. */
export interface ControllerCounters {
  /** Reconciles that ended, whatever their outcome. */
  reconciles: number;
  failures: number;
  /** Failures after which the object waits for a change. */
  terminal: number;
  /** Reconciles that asked to be called again later. */
  requeues: number;
  /** Events that enqueued something. */
  events: number;
  /** Enqueue functions that threw. */
  enqueueFailures: number;
  /** Time in reconciles, milliseconds. */
  busyMs: number;
  /** Reconciles that had to wait for a cache to show the controller's own writes. */
  waitsForOwnWrites: number;
  active: number;
}

/** Counters at zero. */
export function newCounters(): ControllerCounters {
  return { reconciles: 0, failures: 0, terminal: 0, requeues: 0, events: 0, enqueueFailures: 0, busyMs: 0, waitsForOwnWrites: 0, active: 0 };
}
