import type { Clock } from '@keelson/sdk';

/** Milliseconds that a stop waits for a collector: one that is away must not hold up Ctrl-C until every retry has failed. */
export const sendLimit = 2000;

/** Resolves with `work`, or when the limit has passed, telling so; what is not sent by then is lost. Rejects as `work`. */
export async function withinSendLimit(work: Promise<void>, clock: Clock, onError: (error: Error) => void): Promise<void> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.after(sendLimit, () => {
      onError(new Error(`the collector did not take the last spans within ${sendLimit / 1000} s; they are lost`));
      resolve();
    });
  });
  try {
    await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}
