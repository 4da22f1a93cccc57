/**
 * Answers what `making` gives; rejects with the signal's reason as soon as that aborts, and then undoes in the
 * background what is still made.
 */
export async function unlessAborted<T>(making: Promise<T>, signal: AbortSignal, undo: (made: T) => Promise<void>): Promise<T> {
  if (signal.aborted) {
    undoLater(making, undo);
    throw signal.reason;
  }
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      undoLater(making, undo);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([making, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function undoLater<T>(making: Promise<T>, undo: (made: T) => Promise<void>): void {
  // What cannot be undone now is found and removed at the next recovery.
  making.then(undo).catch(() => undefined);
}
