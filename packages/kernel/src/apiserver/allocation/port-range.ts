import type { Random } from '@keelson/sdk';

/** Node ports: which are free, by protocol-independent number as upstream allocates them. */
export class PortRange {
  readonly #taken = new Set<number>();

  constructor(
    readonly first = 30_000,
    readonly last = 32_767,
  ) {}

  includes(port: number): boolean {
    return port >= this.first && port <= this.last;
  }

  /** False if taken or outside. */
  take(port: number): boolean {
    if (!this.includes(port) || this.#taken.has(port)) return false;
    this.#taken.add(port);
    return true;
  }

  /** A free port, the first 86 (static part) last; undefined when full. */
  takeAny(random: Random): number | undefined {
    const dynamic = Math.min(this.first + 86, this.last);
    const count = this.last - dynamic + 1;
    const start = random.int(count);
    for (let i = 0; i < count; i++) if (this.take(dynamic + ((start + i) % count))) return dynamic + ((start + i) % count);
    for (let port = this.first; port < dynamic; port++) if (this.take(port)) return port;
    return undefined;
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}
