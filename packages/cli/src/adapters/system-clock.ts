import type { Cancel, Clock } from '@keelson/sdk';

/** Longest delay that a timer of the platform takes, milliseconds. */
const longest = 2 ** 31 - 1;

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after,
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        timer.cancel();
        reject(signal!.reason as Error);
      };
      const timer = after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    }),
});

function after(ms: number, fn: () => void): Cancel {
  let timer: NodeJS.Timeout;
  const arm = (left: number): void => {
    timer = setTimeout(() => (left > longest ? arm(left - longest) : fn()), Math.min(Math.max(0, left), longest)).unref();
  };
  arm(ms);
  return { cancel: () => clearTimeout(timer) };
}
