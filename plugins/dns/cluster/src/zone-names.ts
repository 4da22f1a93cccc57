/** Names that stand above a service's records, in one place. */
export interface Zone {
  /** `cluster.local`. */
  readonly domain: string;
  /** Seconds. */
  readonly ttl: number;
}

/** `10.96.0.7` → `7.0.96.10.in-addr.arpa`; IPv6 by nibbles in `ip6.arpa`. Undefined for what is no address. */
export function reverseName(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const words = ipv6Words(address);
  if (words === undefined) return undefined;
  const nibbles = words.map((word) => word.toString(16).padStart(4, '0')).join('');
  return `${[...nibbles].reverse().join('.')}.ip6.arpa`;
}

/** Label of an endpoint without a hostname: the address with dashes. */
export function addressLabel(address: string): string {
  return address.replace(/[.:]/g, '-').replace(/^-/, '0-').replace(/-$/, '-0');
}

/** `10-244-1-7` → `10.244.1.7`; undefined for labels that are no address. */
export function labelAddress(label: string): string | undefined {
  const parts = label.split('-');
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return parts.join('.');
  const text = label.replace(/-/g, ':');
  return ipv6Words(text) === undefined ? undefined : text;
}

function ipv6Words(address: string): readonly number[] | undefined {
  if (!/^[0-9a-fA-F:]+$/.test(address) || !address.includes(':')) return undefined;
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const words = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const [before, after] = [words(halves[0]), words(halves[1])];
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return all.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word)) ? all.map((word) => parseInt(word, 16)) : undefined;
}
