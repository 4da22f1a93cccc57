import { KeelsonError } from '@keelson/sdk';

/** An IPv4 range: its first address as a number and the length of its prefix. */
export interface Subnet {
  readonly base: number;
  readonly prefix: number;
}

/** Throws KEEL_HOSTS_PLAN for what is no IPv4 range. */
export function parseSubnet(text: string): Subnet {
  const [, a, b, c, d, length = '32'] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const bytes = [a, b, c, d].map(Number);
  const prefix = Number(length);
  if (a === undefined || prefix > 32 || bytes.some((byte) => byte > 255)) throw new KeelsonError('KEEL_HOSTS_PLAN', `${text} is no IPv4 range: write it as 10.99.0.0/24`);
  const size = 2 ** (32 - prefix);
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return { base: Math.floor(value / size) * size, prefix };
}

export function addressText(value: number): string {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(value / unit) % 256).join('.');
}

/** The `index`-th range of `mask` within another. */
export function nthSubnet(within: string, mask: number, index: number): string {
  const { base, prefix } = parseSubnet(within);
  if (mask < prefix || index >= 2 ** (mask - prefix)) throw new KeelsonError('KEEL_HOSTS_PLAN', `range ${within} has no room for range number ${index + 1} of /${mask}: choose a larger range or fewer hosts`);
  return `${addressText(base + index * 2 ** (32 - mask))}/${mask}`;
}

/** True when the two have an address in common. */
export function overlap(one: Subnet, other: Subnet): boolean {
  const end = ({ base, prefix }: Subnet): number => base + 2 ** (32 - prefix);
  return one.base < end(other) && other.base < end(one);
}

/** The first of the ranges that meets none of those in use; undefined when all do. */
export function firstFree(candidates: readonly string[], used: readonly string[]): string | undefined {
  const taken = used.map(parseSubnet);
  return candidates.find((candidate) => !taken.some((subnet) => overlap(parseSubnet(candidate), subnet)));
}
