import type { Kind, KubeObject } from '@keelson/api';
import type { ApiClient, Clock, Logger, Random, Selection } from '@keelson/sdk';
import { Informer } from './informer.ts';
import type { ReflectorTiming } from './reflector.ts';

/** What a factory needs. */
export interface InformerFactoryOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Milliseconds; default: idle 150 s (two missed bookmarks), initial 10 s, no regular relist. */
  readonly timing?: Partial<ReflectorTiming>;
}

/** A use of a shared informer; it stops when its last user has released it. */
export interface InformerUse<T extends KubeObject> {
  readonly informer: Informer<T>;
  release(): void;
}

/** One informer per kind and selection, however many users. */
export class InformerFactory {
  readonly #shared = new Map<string, { readonly informer: Informer<KubeObject>; users: number }>();

  constructor(private readonly options: InformerFactoryOptions) {}

  /** The running informer of a kind (and selection); started for its first user. */
  use<T extends KubeObject>(kind: Kind<T>, selection: Selection = {}): InformerUse<T> {
    const key = JSON.stringify([kind.group, kind.version, kind.plural, selection.namespace ?? '', selection.labelSelector ?? '', selection.fieldSelector ?? '']);
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = { informer: this.#create(kind, selection, key), users: 0 };
      this.#shared.set(key, shared);
      shared.informer.start();
    }
    shared.users += 1;
    return { informer: shared.informer as unknown as Informer<T>, release: this.#releaser(key, shared) };
  }

  /** Stops every informer, whoever still uses it. */
  stop(): void {
    for (const { informer } of this.#shared.values()) informer.stop();
    this.#shared.clear();
  }

  #create(kind: Kind<KubeObject>, selection: Selection, key: string): Informer<KubeObject> {
    const { client, clock, random, log, timing } = this.options;
    return new Informer<KubeObject>({
      client, kind, selection, clock, log,
      random: random.fork(`informer ${key}`),
      timing: { idle: 150_000, initial: 10_000, relistEvery: undefined, ...timing },
    });
  }

  #releaser(key: string, shared: { readonly informer: Informer<KubeObject>; users: number }): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      shared.informer.stop();
      if (this.#shared.get(key) === shared) this.#shared.delete(key);
    };
  }
}
