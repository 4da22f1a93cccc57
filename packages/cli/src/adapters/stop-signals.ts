/** How a long-running command learns that it should end. */
export interface StopSignals {
  /**
   * Calls `onStop` at the first SIGINT, SIGTERM or SIGHUP (the terminal went away) and `onForce` at a later one. Signals
   * within a second count once: a terminal and npm both deliver the same Ctrl-C. Returns the way to stop listening.
   */
  listen(onStop: (signal: string) => void, onForce: () => void): () => void;
}

const echoMs = 1000;
const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const processSignals: StopSignals = Object.freeze({
  listen(onStop: (signal: string) => void, onForce: () => void) {
    let first: number | undefined;
    const heard = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        onStop(signal);
      } else if (now - first > echoMs) onForce();
    };
    for (const signal of stopping) process.on(signal, heard);
    return () => {
      for (const signal of stopping) process.off(signal, heard);
    };
  },
});
