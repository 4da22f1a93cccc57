/** A long piece of work, done in steps of well under a millisecond; the caller decides when the next one is made. */
export type Steps<T> = Generator<void, T, void>;

/** Steps between two turns of the others. */
const perTurn = 40;

/** Does all steps at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Does the steps in turns with everybody else. */
export async function inTurns<T>(steps: Steps<T>, nextTurn: () => Promise<void>): Promise<T> {
  for (let made = 1; ; made++) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (made % perTurn === 0) await nextTurn();
  }
}
