import type { Kind } from '@keelson/api';
import { token } from './token.ts';

/** The kinds that the API server serves now: built-in ones, and custom ones as their definitions come and go. */
export interface ServedKinds {
  list(): readonly Kind[];
  /** Calls back after each change, from `start` of a plugin on; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** Provided in a cluster's own process; require it as `optional` in a plugin that also runs as an operator. */
export const ServedKinds = token<ServedKinds>('keelson.api.served-kinds');
