import type { TLSSocket } from 'node:tls';
import { get, open } from './load.ts';
import type { MeasuredServer } from './measured-server.ts';

/** Every event ends so; inside an event there is no line break, and chunked encoding puts a carriage return before its own. */
const eventEnd = Buffer.from('}\n');

/** Many watch connections, of which only the number of events is looked at. */
export class Watchers {
  readonly #sockets: TLSSocket[] = [];
  readonly #counts: number[] = [];
  #behind = 0;
  #wanted = Infinity;
  #bytes = 0;
  #reached: () => void = () => undefined;

  /** Opens `count` watches; resolves when each has been answered. */
  static async join(server: MeasuredServer, path: string, count: number): Promise<Watchers> {
    const watchers = new Watchers();
    for (let at = 0; at < count; at += 20) {
      const sockets = await Promise.all(Array.from({ length: Math.min(20, count - at) }, () => open(server.target)));
      await Promise.all(sockets.map((socket) => watchers.#begin(socket, path)));
    }
    return watchers;
  }

  /** What all watchers have received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when every watcher has got this many events more; call it before they are sent. */
  received(events: number): Promise<void> {
    this.#counts.fill(0);
    this.#wanted = events;
    this.#behind = this.#counts.length;
    return new Promise((resolve) => (this.#reached = resolve));
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #begin(socket: TLSSocket, path: string): Promise<void> {
    const index = this.#sockets.push(socket) - 1;
    this.#counts.push(0);
    socket.on('error', () => undefined);
    let lastByte = 0;
    return new Promise((resolve) => {
      socket.once('data', () => {
        socket.on('data', (chunk: Buffer) => {
          this.#bytes += chunk.length;
          const before = this.#counts[index]!;
          let count = before + (lastByte === eventEnd[0] && chunk[0] === eventEnd[1] ? 1 : 0);
          for (let at = chunk.indexOf(eventEnd); at >= 0; at = chunk.indexOf(eventEnd, at + 2)) count += 1;
          lastByte = chunk[chunk.length - 1]!;
          this.#counts[index] = count;
          if (before < this.#wanted && count >= this.#wanted && --this.#behind === 0) this.#reached();
        });
        resolve();
      });
      socket.write(get(path));
    });
  }
}
