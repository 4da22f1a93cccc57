const slabSize = 16 << 10;
/** Larger values get memory of their own. */
const largest = slabSize >> 2;

/**
 * Memory for values read back from disk. A few share a slab: so many separate buffers at once would make the garbage
 * collector run over the whole heap again and again. A slab lives as long as one of its values does, which is why it
 * is small.
 */
export class ValuePool {
  #slab = Buffer.alloc(0);
  #used = 0;

  copy(bytes: Buffer): Buffer {
    const copy = this.#take(bytes.length);
    bytes.copy(copy);
    return copy;
  }

  #take(length: number): Buffer {
    if (length > largest) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabSize);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#slab.subarray(start, this.#used);
  }
}

/** One buffer for reads that come one after the other; grows to the largest. */
export class ReadBuffer {
  #bytes = Buffer.alloc(0);

  /** `length` bytes with any content, void at the next call. */
  take(length: number): Buffer {
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(length);
    return this.#bytes.subarray(0, length);
  }
}
