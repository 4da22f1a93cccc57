const headEnd = Buffer.from('\r\n\r\n');

/** Finds the ends of HTTP/1.1 answers that carry a content-length, without keeping their bodies. */
export class ResponseReader {
  #head: Buffer = Buffer.alloc(0);
  #left = 0;
  /** True if the answer that ended last was a 2xx. */
  ok = false;
  /** Bytes of the body of the answer that ended last. */
  length = 0;

  /** Takes what has arrived; true when it completes the one answer that is under way. */
  push(chunk: Buffer): boolean {
    if (this.#left > 0) return this.#take(chunk.length);
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(headEnd);
    if (end < 0) return false;
    const length = /content-length: (\d+)/i.exec(this.#head.toString('latin1', 0, end))?.[1];
    this.ok = this.#head[9] === 0x32; // "HTTP/1.1 2xx"
    this.length = Number(length ?? 0);
    this.#left = this.length;
    const rest = this.#head.length - end - headEnd.length;
    this.#head = Buffer.alloc(0);
    return this.#take(rest);
  }

  #take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left <= 0;
  }
}
