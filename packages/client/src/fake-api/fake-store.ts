import type { SpanContext } from '@opentelemetry/api';
import { objectKey, type KubeObject } from '@keelson/api';
import { StatusError } from '@keelson/sdk';
import { deepFreeze } from '../freeze.ts';

/** One committed change. */
export interface FakeChange {
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
  readonly cause: SpanContext | undefined;
}

/** Objects by resource with one revision counter and the log of all changes. */
export class FakeStore {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly log: FakeChange[] = [];
  revision = 1;
  /** Watches from before this revision are told 410. */
  compacted = 0;
  readonly #listeners = new Set<(change: FakeChange) => void>();

  onCommit(listener: (change: FakeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#objects.get(resource)?.get(key);
  }

  list(resource: string): KubeObject[] {
    return [...(this.#objects.get(resource)?.values() ?? [])];
  }

  put(resource: string, object: KubeObject, cause?: SpanContext): KubeObject {
    const key = objectKey(object);
    const previous = this.get(resource, key);
    const stored = this.#stamp(object);
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    objects.set(key, stored);
    this.#objects.set(resource, objects);
    this.#commit({ resource, type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored, previous, revision: this.revision, cause });
    return stored;
  }

  remove(resource: string, key: string, cause?: SpanContext): KubeObject {
    const previous = this.get(resource, key);
    if (previous === undefined) throw new StatusError('NotFound', `${resource} "${key}" not found`);
    this.#objects.get(resource)?.delete(key);
    const last = this.#stamp(previous);
    this.#commit({ resource, type: 'DELETED', object: last, previous, revision: this.revision, cause });
    return last;
  }

  #stamp(object: KubeObject): KubeObject {
    this.revision += 1;
    return deepFreeze(structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.revision) } }));
  }

  #commit(change: FakeChange): void {
    this.log.push(change);
    for (const listener of this.#listeners) listener(change);
  }
}
