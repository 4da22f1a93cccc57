import type { Identity } from './graph-node.ts';

/** The owners that were last found not to exist, so that a thousand dependents of one owner ask once. Bounded, least recently used first out. */
export class AbsentOwners {
  readonly #keys = new Set<string>();

  constructor(private readonly capacity = 500) {}

  add(owner: Identity): void {
    const key = keyOf(owner);
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.capacity) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  has(owner: Identity): boolean {
    const key = keyOf(owner);
    if (!this.#keys.delete(key)) return false;
    this.#keys.add(key);
    return true;
  }
}

function keyOf({ apiVersion, kind, namespace, name, uid }: Identity): string {
  return `${apiVersion} ${kind} ${namespace}/${name} ${uid}`;
}
