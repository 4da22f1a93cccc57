import type { Probe } from '@keelson/api/core/v1';
import type { Cancel, Clock } from '@keelson/sdk';
import type { ProbeOutcome } from '@keelson/sdk/runtime';
import type { ProbeType } from './run-probe.ts';

export interface ProbeWorkerOptions {
  readonly type: ProbeType;
  readonly probe: Probe;
  readonly clock: Clock;
  /** Milliseconds, wall time: `initialDelaySeconds` counts from here. */
  readonly startedAt: number;
  /** Whether it shall ask now; liveness and readiness wait for the startup probe. */
  readonly enabled: () => boolean;
  readonly run: () => Promise<ProbeOutcome>;
  /** Each single failure, for the event. */
  readonly onFailure: (message: string) => void;
  /** The threshold was reached in that direction; not told again while it stays so. */
  readonly onResult: (ok: boolean) => void;
}

/** Probes one container until it is stopped: one timer, consecutive counts against the thresholds. */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  #timer: Cancel | undefined;
  #stopped = false;
  #last: boolean | undefined;
  #run = 0;
  #told: boolean | undefined;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    const { probe, clock, startedAt } = options;
    const due = startedAt + 1000 * (probe.initialDelaySeconds ?? 0);
    // At once, as upstream's first probe after the initial delay; a timer of 0 is still a turn later.
    this.#arm(Math.max(0, due - clock.now()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Probes now rather than at the next period; the startup probe has just succeeded. */
  hurry(): void {
    if (this.#stopped || this.#timer === undefined) return;
    const { probe, clock, startedAt } = this.#options;
    if (clock.now() >= startedAt + 1000 * (probe.initialDelaySeconds ?? 0)) this.#arm(0);
  }

  #arm(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      void this.#tick();
    });
  }

  async #tick(): Promise<void> {
    const { enabled, run, probe } = this.#options;
    if (enabled()) {
      const outcome = await run();
      if (this.#stopped) return;
      this.#count(outcome);
    }
    if (!this.#stopped) this.#arm(1000 * (probe.periodSeconds ?? 10));
  }

  #count(outcome: ProbeOutcome): void {
    const { probe, onFailure, onResult } = this.#options;
    this.#run = this.#last === outcome.ok ? this.#run + 1 : 1;
    this.#last = outcome.ok;
    if (!outcome.ok) onFailure(outcome.message);
    const threshold = outcome.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.#run < threshold || this.#told === outcome.ok) return;
    this.#told = outcome.ok;
    onResult(outcome.ok);
  }
}
