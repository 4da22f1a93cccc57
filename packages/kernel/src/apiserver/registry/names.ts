import type { Random } from '@keelson/sdk';

/** Upstream's suffix alphabet: no vowels, no easily confused characters. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
/** A generated name fits a label value: 63 characters with its suffix. */
const maxPrefix = 63 - suffixLength;

/** `prefix` with five random characters, the prefix cut so that the whole fits. */
export function generateName(prefix: string, random: Random): string {
  let name = prefix.slice(0, maxPrefix);
  for (let i = 0; i < suffixLength; i++) name += alphabet[random.int(alphabet.length)]!;
  return name;
}

export function isValidGenerateName(prefix: string | undefined): prefix is string {
  return prefix !== undefined && prefix !== '';
}
