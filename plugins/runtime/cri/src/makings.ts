/** Makings whose caller may leave before they are done; what is made for nobody is undone. */
export class Makings {
  readonly #undoing = new Set<Promise<void>>();

  /**
   * Answers what `making` gives; rejects with the signal's reason as soon as that aborts, and then undoes in the
   * background what is still made.
   */
  async unlessAborted<T>(making: Promise<T>, signal: AbortSignal, undo: (made: T) => Promise<void>): Promise<T> {
    let abort: () => void = () => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = () => {
        this.#undoLater(making, undo);
        reject(signal.reason as Error);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    try {
      return await Promise.race([aborted, making]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Resolves when nothing is left to undo. */
  async settled(): Promise<void> {
    await Promise.all(this.#undoing);
  }

  #undoLater<T>(making: Promise<T>, undo: (made: T) => Promise<void>): void {
    // What cannot be undone now is found and removed at the next recovery.
    const undoing = making.then(undo).catch(() => undefined);
    this.#undoing.add(undoing);
    void undoing.then(() => this.#undoing.delete(undoing));
  }
}
