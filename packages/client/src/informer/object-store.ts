import { controllerOf, type KubeObject } from '@keelson/api';
import { KeelsonError } from '@keelson/sdk';
import { ObjectIndex } from './object-index.ts';

/** The local copy of one kind: objects by `namespace/name` with their indexes. */
export class ObjectStore<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #namespaces = new ObjectIndex<T>((object) => (object.metadata.namespace ? [object.metadata.namespace] : []));
  readonly #owners = new ObjectIndex<T>((object) => {
    const owner = controllerOf(object);
    return owner === undefined ? [] : [owner.uid];
  });
  readonly #declared = new Map<string, ObjectIndex<T>>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  /** All objects, or those of a namespace. */
  list(namespace?: string): readonly T[] {
    return [...(namespace === undefined ? this.#objects : this.#namespaces.get(namespace)).values()];
  }

  /** Objects whose controller owner reference has this uid. */
  ownedBy(uid: string): readonly T[] {
    return [...this.#owners.get(uid).values()];
  }

  /** Objects that a declared index puts under `value`; throws for an index that was not declared. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#declared.get(name);
    if (index === undefined) throw new KeelsonError('KEEL_INFORMER_INDEX', `index ${name} is not declared: add it to the controller's indexes`);
    return [...index.get(value).values()];
  }

  /** Declares an index; objects that are here already are put into it. */
  addIndex(name: string, of: (object: T) => readonly string[]): void {
    const index = new ObjectIndex<T>(of);
    for (const [key, object] of this.#objects) index.add(key, object);
    this.#declared.set(name, index);
  }

  removeIndex(name: string): void {
    this.#declared.delete(name);
  }

  set(key: string, object: T): void {
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes()) {
      if (previous === undefined) index.add(key, object);
      else index.replace(key, previous, object);
    }
  }

  delete(key: string): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    for (const index of this.#indexes()) index.remove(key, previous);
  }

  *#indexes(): Iterable<ObjectIndex<T>> {
    yield this.#namespaces;
    yield this.#owners;
    yield* this.#declared.values();
  }
}
