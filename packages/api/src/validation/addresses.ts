import type { Causes } from './causes.ts';
import { isAddress, isAddressV4, isCidr, notACidr, notAnAddress } from './rules.ts';

interface Bits {
  readonly value: bigint;
  readonly width: 32 | 128;
}

/** The number that an address stands for; call with what {@link isAddress} takes only. */
function bitsOf(address: string): Bits {
  if (isAddressV4(address)) return { value: bytesToNumber(address), width: 32 };
  const tail = /[^:]*\.[^:]*$/.exec(address)?.[0];
  const plain = tail === undefined ? address : address.replace(tail, `${(bytesToNumber(tail) >> 16n).toString(16)}:${(bytesToNumber(tail) & 0xffffn).toString(16)}`);
  const [head = [], rest = []] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...Array.from({ length: 8 - head.length - rest.length }, () => '0'), ...rest];
  return { value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n), width: 128 };
}

function bytesToNumber(dotted: string): bigint {
  return dotted.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** Whether `inner` lies in `outer` and is smaller; both are good networks. */
export function isStrictSubnet(inner: string, outer: string): boolean {
  const [small, large] = [inner, outer].map((text) => {
    const [address = '', length = ''] = text.split('/');
    return { ...bitsOf(address), length: Number(length) };
  }) as [Bits & { length: number }, Bits & { length: number }];
  const shift = BigInt(large.width - large.length);
  return small.width === large.width && large.length < small.length && small.value >> shift === large.value >> shift;
}

/** A network; undefined counts as good. */
export function checkCidr(text: string | undefined, field: string, causes: Causes): void {
  if (text !== undefined && !isCidr(text)) causes.invalid(field, text, notACidr);
}

/**
 * An address that endpoints may have. Upstream refuses loopback too; here it must do for processes of this machine, whose pods
 * have no other address.
 */
export function checkEndpointAddress(address: string, field: string, causes: Causes): void {
  if (!isAddress(address)) {
    causes.invalid(field, address, notAnAddress);
    return;
  }
  const { value, width } = bitsOf(address);
  const starts = (prefix: bigint, length: number): boolean => value >> BigInt(width - length) === prefix;
  const v4 = width === 32;
  if (value === 0n) causes.invalid(field, address, `may not be unspecified (${address})`);
  if (v4 ? starts(0xa9fen, 16) : starts(0xfe80n >> 6n, 10)) causes.invalid(field, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (v4 ? starts(0xe00000n, 24) : starts(0xff02n, 16)) causes.invalid(field, address, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
}
