import { fstatSync, writeSync } from 'node:fs';
import type { Output } from '../world.ts';

/** A standard stream. A reader or terminal that goes away is no fault: the cluster must still stop cleanly. */
export function terminal(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}

/**
 * The stream of progress and logs. Into a file it writes by itself: a disk that is full costs lines of the log, never
 * the cluster, and lines come again once there is space, which a stream that has failed once does not give.
 */
export function errorStream(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  if (stream.isTTY === true || !isFile(stream.fd)) return terminal(stream);
  stream.on('error', () => undefined); // of what others write to it, such as the last flush
  return fileOutput(stream.fd);
}

function fileOutput(fd: number): Output {
  const write = (text: string): void => {
    try {
      writeSync(fd, text);
    } catch (error) {
      if (!lost.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  };
  return { write, isTerminal: false };
}

/** No space, no quota, no room below a size limit, a device that is gone. */
const lost: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/** Devices such as /dev/null count as files. */
function isFile(fd: number): boolean {
  const stat = fstatSync(fd);
  return !stat.isFIFO() && !stat.isSocket();
}
