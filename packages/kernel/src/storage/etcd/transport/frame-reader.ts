const head = 5;

/**
 * Cuts what arrives on a stream into gRPC's messages. A message that lies in one chunk is handed over as a view of it;
 * one that spans chunks is gathered in a buffer of its own size, copied once.
 */
export class FrameReader {
  /** The head, as far as it is there. */
  readonly #head = Buffer.allocUnsafe(head);
  #headBytes = 0;
  #message: Buffer | undefined;
  #messageBytes = 0;

  constructor(private readonly deliver: (message: Buffer) => void) {}

  /** True between messages: a stream that ends elsewhere was cut off. */
  get complete(): boolean {
    return this.#headBytes === 0;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length || this.#due; ) {
      if (this.#headBytes < head) at = this.#readHead(chunk, at);
      else at = this.#readMessage(chunk, at);
    }
  }

  /** A head is complete and its message is empty. */
  get #due(): boolean {
    return this.#headBytes === head && this.#length === 0;
  }

  get #length(): number {
    return this.#head.readUInt32BE(1);
  }

  #readHead(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + head - this.#headBytes);
    chunk.copy(this.#head, this.#headBytes, at, end);
    this.#headBytes += end - at;
    // No compression was offered, so nothing compressed may come.
    if (this.#headBytes === head && this.#head[0] !== 0) throw new Error('the answer is compressed, which was not asked for');
    return end;
  }

  #readMessage(chunk: Buffer, at: number): number {
    const length = this.#length;
    if (this.#message === undefined && chunk.length - at >= length) {
      this.#finish(chunk.subarray(at, at + length));
      return at + length;
    }
    this.#message ??= Buffer.allocUnsafeSlow(length);
    const end = Math.min(chunk.length, at + length - this.#messageBytes);
    chunk.copy(this.#message, this.#messageBytes, at, end);
    this.#messageBytes += end - at;
    if (this.#messageBytes === length) this.#finish(this.#message);
    return end;
  }

  #finish(message: Buffer): void {
    this.#headBytes = 0;
    this.#message = undefined;
    this.#messageBytes = 0;
    this.deliver(message);
  }
}
