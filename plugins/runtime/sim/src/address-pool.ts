import { RuntimeFault } from '@keelson/sdk/runtime';

/** Addresses of one node's pods, out of its range; freed ones are used again as late as possible. */
export class AddressPool {
  readonly #cidr: string;
  readonly #base: number;
  readonly #size: number;
  readonly #used = new Set<number>();
  #next = 2;

  /** `cidr` is IPv4; its first address is the network's, the second the gateway's. */
  constructor(cidr: string) {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
    if (match === null) throw new RuntimeFault('sandbox', `pod range ${cidr} is no IPv4 CIDR`);
    const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
    this.#cidr = cidr;
    this.#size = 2 ** (32 - bits);
    this.#base = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / this.#size) * this.#size;
  }

  take(): string {
    const usable = this.#size - 3;
    for (let tries = 0; tries < usable; tries++) {
      const offset = 2 + ((this.#next - 2 + tries) % usable);
      if (this.#used.has(offset)) continue;
      this.#used.add(offset);
      this.#next = offset + 1;
      return this.#text(offset);
    }
    throw new RuntimeFault('sandbox', `no free address in pod range ${this.#cidr}`);
  }

  /** Marks an address as used; false if it is not in the range or taken. */
  claim(address: string): boolean {
    const offset = this.#offset(address);
    if (offset === undefined || this.#used.has(offset)) return false;
    this.#used.add(offset);
    return true;
  }

  release(address: string): void {
    const offset = this.#offset(address);
    if (offset !== undefined) this.#used.delete(offset);
  }

  #text(offset: number): string {
    const value = this.#base + offset;
    return [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((part) => Math.floor(part) % 256).join('.');
  }

  #offset(address: string): number | undefined {
    const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const offset = value - this.#base;
    return Number.isInteger(offset) && offset >= 0 && offset < this.#size ? offset : undefined;
  }
}
