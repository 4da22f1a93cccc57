/** How a long-running command hears of errors that nothing caught; without a listener Node ends the process. */
export interface UncaughtErrors {
  /**
   * `kind`: thrown out of a callback (what it was in the middle of stays half done), or a rejection that nobody handled.
   * Called in the async context that the error came from. Returns the way to stop listening.
   */
  listen(onError: (error: Error, kind: 'exception' | 'rejection') => void): () => void;
}

export const processErrors: UncaughtErrors = Object.freeze({
  listen(onError: (error: Error, kind: 'exception' | 'rejection') => void) {
    const thrown = (error: unknown): void => onError(asError(error), 'exception');
    const rejected = (reason: unknown): void => onError(asError(reason), 'rejection');
    process.on('uncaughtException', thrown);
    process.on('unhandledRejection', rejected);
    return () => {
      process.off('uncaughtException', thrown);
      process.off('unhandledRejection', rejected);
    };
  },
});

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
