import { randomBytes } from 'node:crypto';
import { seededRandom, type Random } from '@keelson/sdk';

/** Chance for a real cluster: unpredictable unless a seed is given. */
export function systemRandom(seed: string = randomBytes(16).toString('hex')): Random {
  return seededRandom(seed);
}
