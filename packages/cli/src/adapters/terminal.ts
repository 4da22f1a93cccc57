import type { Output } from '../world.ts';

/** A standard stream. A reader that goes away (`keelson get clusters | head -1`) is no fault. */
export function terminal(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}
