/**
 * Runs `count` equal tasks in batches of 1, 2, 4 … and stops after the first batch with a failure, so that a thousand
 * creates that are all forbidden cost one refusal, not a thousand. Resolves to how many succeeded, with the first error.
 */
export async function slowStartBatch(
  count: number,
  run: (index: number) => Promise<unknown>,
  first = 1,
): Promise<{ readonly succeeded: number; readonly error: unknown }> {
  let started = 0;
  let succeeded = 0;
  for (let size = Math.min(count, first); size > 0; size = Math.min(2 * size, count - started)) {
    const batch = Array.from({ length: size }, (_, index) => run(started + index));
    started += size;
    const outcomes = await Promise.allSettled(batch);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    succeeded += size - failed.length;
    const [failure] = failed;
    if (failure !== undefined) return { succeeded, error: failure.reason };
  }
  return { succeeded, error: undefined };
}
