import type { Kind } from '@keelson/api';
import type { ServedKinds } from '@keelson/sdk';
import type { GarbageCollector } from './garbage-collector.ts';

/** Keeps a collector's kinds in step with those that are served; returns the way to stop. */
export function followKinds(collector: Pick<GarbageCollector, 'addKind' | 'removeKind'>, served: ServedKinds, known: readonly Kind[]): () => void {
  let present = byName(known);
  const follow = (): void => {
    const next = byName(served.list());
    // A version that goes takes the watch of its resource along; the versions that stay bring it back.
    for (const [name, kind] of present) if (!next.has(name)) collector.removeKind(kind);
    for (const [name, kind] of next) if (kind.definition === '' || !present.has(name)) collector.addKind(kind);
    present = next;
  };
  follow(); // what came between set-up and start
  return served.onChange(follow);
}

function byName(kinds: readonly Kind[]): ReadonlyMap<string, Kind> {
  return new Map(kinds.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]));
}
