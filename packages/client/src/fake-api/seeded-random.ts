import type { Random } from '@keelson/sdk';

/** Chance from a seed (mulberry32): the same seed gives the same numbers. */
export class SeededRandom implements Random {
  #state: number;

  constructor(private readonly seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  int(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  uuid(): string {
    const hex = (digits: number): string => Array.from({ length: digits }, () => this.int(16).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + this.int(4)).toString(16)}${hex(3)}-${hex(12)}`;
  }

  fork(label: string): Random {
    let hash = this.seed;
    for (const char of label) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
    return new SeededRandom(hash);
  }
}
