/**
 * Lengths in bits of HPACK's Huffman codes (RFC 7541, appendix B) for the symbols 0 to 255 and the end of the string,
 * as `length × how often`. The code is canonical, so that lengths are all there is to know.
 */
const lengths = [
  '13 23 28×7 24 30 28×2 30 28×8 30 28×9', // 0–31
  '6 10×2 12 13 6 8 11 10×2 8 11 8 6×3 5×3 6×7 7 8 15 6 12 10', // 32–63
  '13 6 7×22 8 7 8 13 19 13 14 6', // 64–95
  '15 5 6 5 6 5 6×3 5 7×2 6×3 5 6 7 6 5×2 6 7×5 15 11 14 13 28', // 96–127
  '20 22 20×2 22×3 23 22 23×5 24 23 24×2 22 23 24 23×4 21 22 23 22 23×2 24', // 128–159
  '22 21 20 22×2 23×2 21 23 22×2 24 21 22 23×2 21×2 22 21 23 22 23×2 20 22×3 23 22×2 23', // 160–191
  '26×2 20 19 22 23 22 25 26×3 27×2 26 24 25 19 21 26 27×2 26 27 24 21×2 26×2 28 27×3', // 192–223
  '20 24 20 21 22 21×2 23 22×2 25×2 24×2 26 23 26 27 26×2 27×5 28 27×5 26', // 224–255
  '30',
].flatMap((line) => line.split(' ').flatMap((part) => Array.from({ length: Number(part.split('×')[1] ?? 1) }, () => Number(part.split('×')[0]))));

const endOfString = 256;
const longest = 30;

/** Symbols by length, then by value: in a canonical code, the order of their codes. */
const symbols = lengths.map((_length, symbol) => symbol).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
/** Per length: the first code of that length and where its symbol stands. */
const firstCode: number[] = [];
const firstIndex: number[] = [];
const countOf = (length: number): number => lengths.filter((one) => one === length).length;
for (let length = 0, code = 0, index = 0; length <= longest; length++) {
  firstCode[length] = code;
  firstIndex[length] = index;
  index += countOf(length);
  code = (code + countOf(length)) * 2;
}

/** Decodes a Huffman-coded string; what is left of the last byte is padding. Throws for codes that do not exist. */
export function decodeHuffman(bytes: Buffer): string {
  const out: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const index = firstIndex[length]! + code - firstCode[length]!;
      if (index < (firstIndex[length + 1] ?? symbols.length)) {
        const symbol = symbols[index]!;
        if (symbol === endOfString) throw new Error('a header holds the end of a string');
        out.push(symbol);
        code = 0;
        length = 0;
      }
    }
  }
  if (length > 7) throw new Error('a header ends within a character');
  return Buffer.from(out).toString('latin1');
}
