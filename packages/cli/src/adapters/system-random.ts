import { createHash, randomBytes } from 'node:crypto';
import type { Random } from '@keelson/sdk';

/** Chance for a real cluster: unpredictable unless a seed is given, streams forked by label either way. */
export function systemRandom(seed: string = randomBytes(16).toString('hex')): Random {
  const next32 = sfc32(createHash('sha256').update(seed).digest());
  const next = (): number => (next32() * 2 ** 21 + (next32() >>> 11)) / 2 ** 53;
  return Object.freeze({
    next,
    int: (bound: number) => Math.floor(next() * bound),
    uuid: () => {
      const hex = [next32(), next32(), next32(), next32()].map((word) => word.toString(16).padStart(8, '0')).join('');
      const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    fork: (label: string) => systemRandom(`${seed}/${label}`),
  });
}

/** Small fast counter generator (sfc32, public domain), 128 bits of state. */
function sfc32(state: Buffer): () => number {
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => state.readUInt32LE(at)) as [number, number, number, number];
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
