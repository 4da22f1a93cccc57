import { PerformanceObserver } from 'node:perf_hooks';
import type { Delays } from './server-commands.ts';

/**
 * The longest time between two turns of the event loop. On a shared machine most of a long gap may be time in which
 * other programs ran; so the CPU time that this process used within the gap is taken down too, and the smaller of the
 * two is the stall that is its own.
 */
export class StallMeter {
  #timer: NodeJS.Timeout | undefined;
  #longestMs = 0;
  #longestWallMs = 0;
  #longestGcMs = 0;
  readonly #gc = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#longestGcMs = Math.max(this.#longestGcMs, duration);
  });

  start(): void {
    this.#longestMs = this.#longestWallMs = this.#longestGcMs = 0;
    this.#gc.observe({ entryTypes: ['gc'] });
    let last = performance.now();
    let lastCpu = cpuMs();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const cpu = cpuMs();
      this.#longestWallMs = Math.max(this.#longestWallMs, now - last);
      this.#longestMs = Math.max(this.#longestMs, Math.min(now - last, cpu - lastCpu));
      last = now;
      lastCpu = cpu;
    }, 1);
  }

  stop(): Delays {
    clearInterval(this.#timer);
    this.#gc.disconnect();
    return { longestMs: this.#longestMs, longestWallMs: this.#longestWallMs, longestGcMs: this.#longestGcMs };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
