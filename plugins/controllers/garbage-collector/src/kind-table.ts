import type { Kind } from '@keelson/api';

/** Events come and go in masses and own nothing. */
const ignored = new Set(['/events', 'events.k8s.io/events']);

/** The kinds that owner references may name; custom ones come and go. */
export class KindTable {
  readonly #kinds = new Map<string, Kind>();

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  add(kind: Kind): void {
    if (kind.verbs.includes('get')) this.#kinds.set(keyOf(kind.apiVersion, kind.kind), kind);
  }

  remove(kind: Kind): void {
    this.#kinds.delete(keyOf(kind.apiVersion, kind.kind));
  }

  find(apiVersion: string, kind: string): Kind | undefined {
    return this.#kinds.get(keyOf(apiVersion, kind));
  }
}

/** The kinds to watch: each stored resource once, if its objects can be collected. */
export function collectableKinds(kinds: readonly Kind[]): readonly Kind[] {
  const seen = new Set<string>();
  return kinds.filter(({ group, plural, verbs, storage }) => {
    const stored = `${storage.group}/${storage.resource}`;
    const collectable = (['delete', 'list', 'watch'] as const).every((verb) => verbs.includes(verb)) && !ignored.has(`${group}/${plural}`);
    if (!collectable || seen.has(stored)) return false;
    seen.add(stored);
    return true;
  });
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion}/${kind}`;
}
