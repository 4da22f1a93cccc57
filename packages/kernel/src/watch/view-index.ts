import type { CacheEvent } from './cache-event.ts';
import type { SelectorIndex } from './selector.ts';
import type { View } from './view.ts';

/**
 * Finds the views that may want an event: those of its namespace, those of its indexed field values, and the rest.
 * A node agent's watch on `spec.nodeName` therefore costs nothing for other nodes' pods.
 */
export class ViewIndex {
  readonly #views = new Map<string, View>();
  readonly #everywhere = new Set<View>();
  readonly #byNamespace = new Map<string, Set<View>>();
  readonly #byField = new Map<string, { readonly read: SelectorIndex['read']; readonly views: Map<string, Set<View>> }>();

  get(key: string): View | undefined {
    return this.#views.get(key);
  }

  get size(): number {
    return this.#views.size;
  }

  all(): Iterable<View> {
    return this.#views.values();
  }

  add(view: View): void {
    this.#views.set(view.selector.key, view);
    this.#bucket(view).add(view);
  }

  delete(view: View): void {
    this.#views.delete(view.selector.key);
    const { index, namespace } = view.selector;
    this.#bucket(view).delete(view);
    if (index !== undefined) {
      const field = this.#byField.get(index.field)!;
      if (field.views.get(index.value)!.size === 0) field.views.delete(index.value);
      if (field.views.size === 0) this.#byField.delete(index.field);
    } else if (namespace !== undefined && this.#byNamespace.get(namespace)!.size === 0) {
      this.#byNamespace.delete(namespace);
    }
  }

  /** Calls `visit` once for each view that may select the event's object before or after the change. */
  candidates(event: CacheEvent, visit: (view: View) => void): void {
    this.#everywhere.forEach(visit);
    if (this.#byNamespace.size > 0) this.#byNamespace.get(event.object.namespace)?.forEach(visit);
    for (const { read, views } of this.#byField.values()) {
      const now = read(event.object.object);
      views.get(now)?.forEach(visit);
      if (event.previous === undefined) continue;
      const before = read(event.previous.object);
      if (before !== now) views.get(before)?.forEach(visit);
    }
  }

  #bucket(view: View): Set<View> {
    const { index, namespace } = view.selector;
    if (index !== undefined) {
      let field = this.#byField.get(index.field);
      if (field === undefined) this.#byField.set(index.field, (field = { read: index.read, views: new Map() }));
      return setOf(field.views, index.value);
    }
    return namespace === undefined ? this.#everywhere : setOf(this.#byNamespace, namespace);
  }
}

function setOf(map: Map<string, Set<View>>, key: string): Set<View> {
  let set = map.get(key);
  if (set === undefined) map.set(key, (set = new Set()));
  return set;
}
