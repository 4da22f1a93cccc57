import { KeelsonError } from '@keelson/sdk';

/** The addresses of an IPv4 range that pods may have: all but network, gateway (the first) and broadcast. */
export interface AddressRange {
  readonly cidr: string;
  readonly prefix: number;
  readonly gateway: string;
  /** As numbers, inclusive. */
  readonly first: number;
  readonly last: number;
}

/** @throws KEEL_IPAM_RANGE */
export function addressRange(cidr: string): AddressRange {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
  const prefix = Number(match?.[2]);
  const base = match === null ? undefined : addressNumber(match[1]!);
  if (base === undefined || prefix > 30 || prefix < 8) throw new KeelsonError('KEEL_IPAM_RANGE', `${JSON.stringify(cidr)} is no range of addresses: expected an IPv4 CIDR between /8 and /30`);
  const size = 2 ** (32 - prefix);
  const network = base - (base % size);
  return { cidr, prefix, gateway: addressText(network + 1), first: network + 2, last: network + size - 2 };
}

/** Undefined for what is no IPv4 address. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
