import type { KubeObject } from '@keelson/api';
import { SortedMap } from '../storage/index.ts';
import { CachedObject } from './cached-object.ts';
import { ParsedObjects } from './parsed-objects.ts';
import { selectInTurns } from './select-in-turns.ts';

const parsed = new ParsedObjects();

function stateOf(count: number): SortedMap<CachedObject> {
  const state = SortedMap.empty<CachedObject>().edit();
  for (let i = 0; i < count; i++) {
    const name = `n${String(i).padStart(5, '0')}`;
    state.set(`a/${name}`, new CachedObject(`a/${name}`, Buffer.from(JSON.stringify({ metadata: { name, labels: { even: String(i % 2 === 0) } } })), i, parsed));
  }
  return state.freeze();
}

const even = ({ metadata }: KubeObject): boolean => metadata.labels?.['even'] === 'true';

describe('selectInTurns', () => {
  it('finds all matches in order, and lets others have their turn between some hundred objects', async () => {
    let turns = 0;
    const { items, next } = await selectInTurns(stateOf(2000), { matches: even, limit: 0 }, async () => void turns++);
    expect(items.map(({ revision }) => revision)).toEqual(Array.from({ length: 1000 }, (_, i) => 2 * i));
    expect(next).toBeUndefined();
    expect(turns).toBe(Math.floor(1999 / 256));
  });

  it('takes no turn where nothing has to be judged', async () => {
    const never = (): Promise<void> => Promise.reject(new Error('a turn was taken'));
    expect((await selectInTurns(stateOf(2000), { matches: undefined, limit: 0 }, never)).items).toHaveLength(2000);
    expect((await selectInTurns(stateOf(256), { matches: even, limit: 0 }, never)).items).toHaveLength(128);
  });

  it('pages through without gap or duplicate, also where a page ends with a turn', async () => {
    const state = stateOf(2000);
    const found: number[] = [];
    let start: string | undefined;
    do {
      const page = await selectInTurns(state, { ...(start === undefined ? {} : { start }), end: 'a0', matches: even, limit: 128 }, async () => undefined);
      found.push(...page.items.map(({ revision }) => revision));
      start = page.next;
    } while (start !== undefined);
    expect(found).toEqual(Array.from({ length: 1000 }, (_, i) => 2 * i));
  });
});
