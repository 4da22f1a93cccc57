import type { Random } from './random.ts';

/** A reproducible generator: equal seeds give equal streams, on every platform. Not for secrets. */
export function seededRandom(seed: string): Random {
  const next32 = sfc32(hash128(seed));
  const next = (): number => (next32() * 2 ** 21 + (next32() >>> 11)) / 2 ** 53;
  return Object.freeze({
    next,
    int: (bound: number) => Math.floor(next() * bound),
    uuid: () => {
      const [a, b, c, d] = [next32(), next32(), next32(), next32()];
      const variant = '89ab'[(c >>> 28) & 3]!;
      return `${hex16(a >>> 16)}${hex16(a)}-${hex16(b >>> 16)}-4${hex16(b).slice(1)}-${variant}${hex16(c >>> 16).slice(1)}-${hex16(c)}${hex16(d >>> 16)}${hex16(d)}`;
    },
    fork: (label: string) => seededRandom(`${seed}/${label}`),
  });
}

const hex8 = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The low 16 bits in hexadecimal: every object that is created gets a uuid. */
const hex16 = (word: number): string => hex8[(word >>> 8) & 255]! + hex8[word & 255]!;

type Words = readonly [number, number, number, number];

/** Spreads a text over 128 bits (MurmurHash-style mixing, four lanes). */
function hash128(text: string): Words {
  let [a, b, c, d] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x85ebca6b) ^ (b >>> 15);
    b = Math.imul(b ^ code, 0xc2b2ae35) ^ (c >>> 13);
    c = Math.imul(c ^ code, 0x27d4eb2f) ^ (d >>> 16);
    d = Math.imul(d ^ code, 0x165667b1) ^ (a >>> 14);
  }
  const finish = (word: number): number => {
    let x = word;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  };
  return [finish(a ^ text.length), finish(b), finish(c), finish(d)];
}

/** Small fast counter generator (sfc32, public domain), 128 bits of state. */
function sfc32(state: Words): () => number {
  let [a, b, c, d] = state;
  const step = (): number => {
    const t = (a + b + d) >>> 0;
    d = (d + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + t) >>> 0;
    return t;
  };
  for (let i = 0; i < 12; i++) step();
  return step;
}
