import type { KubeObject } from '@keelson/api';
import type { SortedMap } from '../storage/index.ts';
import type { CachedObject } from './cached-object.ts';

/** Objects that are parsed before others get their turn: some milliseconds of work. */
const perTurn = 256;
/** The same for objects that are only collected. */
const collectedPerTurn = 16_384;

/** What to select, in storage order. */
export interface Selecting {
  /** First key, inclusive; default: the first there is. */
  readonly start?: string;
  /** Exclusive; default: to the end. */
  readonly end?: string;
  /** Undefined: every object. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** 0: no limit. */
  readonly limit: number;
}

export interface Selected {
  readonly items: CachedObject[];
  /** Key of the first match that the limit left out. */
  readonly next: string | undefined;
}

/**
 * Selects from a snapshot, which does not change meanwhile. Judging an object means parsing it; with 100,000 of them
 * the server would answer nobody for seconds, so the work is done in turns. Collecting as many takes some ten
 * milliseconds, which add up where several clients list at once.
 */
export async function selectInTurns(state: SortedMap<CachedObject>, { start, end, matches, limit }: Selecting, nextTurn: () => Promise<void>): Promise<Selected> {
  const bounds = end === undefined ? {} : { end };
  const turn = matches === undefined ? collectedPerTurn : perTurn;
  const items: CachedObject[] = [];
  let next: string | undefined;
  let from = start;
  for (;;) {
    let judged = 0;
    let rest: string | undefined;
    state.scan(from === undefined ? bounds : { ...bounds, start: from }, (object, key) => {
      if (judged === turn) {
        rest = key;
        return false;
      }
      judged += 1;
      if (matches !== undefined && !matches(object.glance())) return true;
      if (limit > 0 && items.length === limit) {
        next = key;
        return false;
      }
      items.push(object);
      return true;
    });
    if (rest === undefined) return { items, next };
    from = rest;
    await nextTurn();
  }
}
