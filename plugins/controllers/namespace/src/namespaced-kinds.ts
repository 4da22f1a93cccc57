import type { Kind } from '@keelson/api';

/**
 * The kinds whose objects a namespace can hold and that can be deleted, each stored resource once (an event has two
 * kinds, but is one object). Pods come first: they may still use what the others are.
 */
export function namespacedKinds(kinds: readonly Kind[]): { readonly pods: Kind | undefined; readonly others: readonly Kind[] } {
  const seen = new Set<string>();
  const found = kinds.filter(({ namespaced, verbs, storage }) => {
    const key = `${storage.group}/${storage.resource}`;
    if (!namespaced || !verbs.includes('list') || !verbs.includes('delete') || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const isPod = ({ group, plural }: Kind): boolean => group === '' && plural === 'pods';
  return { pods: found.find(isPod), others: found.filter((kind) => !isPod(kind)) };
}
