import type { Random } from '@keelson/sdk';

/** An IPv4 range for service addresses, with what is taken. Numbers are offsets from the network address. */
export class AddressRange {
  readonly #base: number;
  readonly #size: number;
  readonly #taken = new Set<number>();

  /** `cidr` as `10.96.0.0/16`. Errors: `Error` for a malformed one. */
  constructor(readonly cidr: string) {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
    const bits = Number(match?.[5]);
    if (match === null || bits < 8 || bits > 30) throw new Error(`service range ${cidr} is not an IPv4 CIDR with a prefix of 8 to 30`);
    this.#size = 2 ** (32 - bits);
    const address = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
    this.#base = address - (address % this.#size);
  }

  /** First usable address: the API server's own service. */
  get first(): string {
    return this.#format(1);
  }

  includes(address: string): boolean {
    const offset = this.#offset(address);
    return offset !== undefined && offset > 0 && offset < this.#size - 1;
  }

  /** False if it is outside or taken. */
  take(address: string): boolean {
    const offset = this.#offset(address);
    if (offset === undefined || offset <= 0 || offset >= this.#size - 1 || this.#taken.has(offset)) return false;
    this.#taken.add(offset);
    return true;
  }

  /** A free address, chosen by chance from the dynamic (upper) part first, as upstream does; undefined when full. */
  takeAny(random: Random): string | undefined {
    const reserved = Math.min(Math.max(16, Math.floor(this.#size / 16)), 256);
    const offset = this.#free(reserved, this.#size - 1, random) ?? this.#free(1, Math.min(reserved, this.#size - 1), random);
    if (offset === undefined) return undefined;
    this.#taken.add(offset);
    return this.#format(offset);
  }

  release(address: string): void {
    const offset = this.#offset(address);
    if (offset !== undefined) this.#taken.delete(offset);
  }

  #free(from: number, to: number, random: Random): number | undefined {
    const count = to - from;
    if (count <= 0) return undefined;
    const start = random.int(count);
    for (let i = 0; i < count; i++) {
      const offset = from + ((start + i) % count);
      if (!this.#taken.has(offset)) return offset;
    }
    return undefined;
  }

  #offset(address: string): number | undefined {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
    if (match === null || match.slice(1).some((part) => Number(part) > 255)) return undefined;
    const value = match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0) - this.#base;
    return value >= 0 && value < this.#size ? value : undefined;
  }

  #format(offset: number): string {
    const value = this.#base + offset;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  }
}
