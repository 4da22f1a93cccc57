/** Largest frame that every server takes. */
const maxFrame = 16_384;
/** Window of a stream and of the connection before the server says anything else. */
const firstWindow = 65_535;

interface Body {
  left: number;
  rest: Buffer;
  readonly last: boolean;
}

/** Flow control of what is sent (RFC 9113, section 5.2): bodies leave as far as the server lets them. */
export class SendWindows {
  #connection = firstWindow;
  #initial = firstWindow;
  /** Bodies that are not out yet, in the order of their streams. */
  readonly #bodies = new Map<number, Body>();

  constructor(private readonly send: (id: number, part: Buffer, last: boolean) => void) {}

  /** The server's initial window of a stream changes also what is under way. */
  set initial(value: number) {
    for (const body of this.#bodies.values()) body.left += value - this.#initial;
    this.#initial = value;
    this.#drain();
  }

  /** The only body of a stream. Without `last` the stream stays open and nothing more is sent on it. */
  write(id: number, bytes: Buffer, last: boolean): void {
    if (bytes.length <= maxFrame && this.#bodies.size === 0 && bytes.length <= this.#connection && bytes.length <= this.#initial) {
      this.#connection -= bytes.length;
      this.send(id, bytes, last);
      return;
    }
    this.#bodies.set(id, { left: this.#initial, rest: bytes, last });
    this.#drain();
  }

  /** `id` 0: the connection's own window. */
  grow(id: number, bytes: number): void {
    if (id === 0) this.#connection += bytes;
    const body = this.#bodies.get(id);
    if (body !== undefined) body.left += bytes;
    this.#drain();
  }

  forget(id: number): void {
    this.#bodies.delete(id);
  }

  #drain(): void {
    for (const [id, body] of this.#bodies) {
      if (this.#connection <= 0) return;
      while (body.rest.length > 0) {
        const size = Math.min(maxFrame, body.rest.length, body.left, this.#connection);
        if (size <= 0) break;
        const part = body.rest.subarray(0, size);
        body.rest = body.rest.subarray(size);
        body.left -= size;
        this.#connection -= size;
        this.send(id, part, body.last && body.rest.length === 0);
      }
      if (body.rest.length === 0) this.#bodies.delete(id);
    }
  }
}
