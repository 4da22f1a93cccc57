import type { Output } from '../world.ts';

/** A standard stream. A reader or terminal that goes away is no fault: the cluster must still stop cleanly. */
export function terminal(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}
