import { KeelsonError } from '@keelson/sdk';

/** The `index`-th network of `bits` within `cidr` (IPv4); throws when the range has no such network. */
export function subnet(cidr: string, bits: number, index: number): string {
  const { base, bits: outer } = parse(cidr);
  if (bits < outer || index >= 2 ** (bits - outer)) {
    throw new KeelsonError('KEEL_NODE_RANGE', `range ${cidr} has no room for network number ${index + 1} of /${bits}: choose a larger range or fewer nodes`);
  }
  return `${text(base + index * 2 ** (32 - bits))}/${bits}`;
}

/** The `index`-th address of `cidr` after the network's own and the gateway's; throws when there is none. */
export function hostAddress(cidr: string, index: number): string {
  const { base, bits } = parse(cidr);
  const offset = index + 2;
  if (offset >= 2 ** (32 - bits) - 1) throw new KeelsonError('KEEL_NODE_RANGE', `range ${cidr} has no room for node number ${index + 1}: choose a larger range or fewer nodes`);
  return text(base + offset);
}

function parse(cidr: string): { base: number; bits: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [a = 0, b = 0, c = 0, d = 0, bits = 33] = (match ?? []).slice(1).map(Number);
  if (match === null || bits > 32 || [a, b, c, d].some((part) => part > 255)) throw new KeelsonError('KEEL_NODE_RANGE', `${cidr} is no IPv4 range: write it as 10.244.0.0/16`);
  const size = 2 ** (32 - bits);
  return { base: Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size, bits };
}

function text(value: number): string {
  return [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((part) => Math.floor(part) % 256).join('.');
}
