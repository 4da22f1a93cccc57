/** No vowels, so that no words appear; no 0, 1 and 3, which look like letters. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Longest base: names of most kinds may have 63 characters, five of them random. */
const longestBase = 58;

/** Appends five random characters to a generateName base; `random` gives numbers in [0, 1). */
export function generateName(base: string, random: () => number): string {
  return base.slice(0, longestBase) + randomSuffix(5, random);
}

/** A suffix of the alphabet of generated names. */
export function randomSuffix(length: number, random: () => number): string {
  let text = '';
  for (let index = 0; index < length; index++) text += alphabet[Math.floor(random() * alphabet.length)] ?? '';
  return text;
}

/** Maps any text (a hash's decimal form) onto the alphabet, as upstream makes pod-template-hash safe. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (const char of text) encoded += alphabet[(char.codePointAt(0) ?? 0) % alphabet.length] ?? '';
  return encoded;
}
