import { objectKey, type Kind, type KubeObject } from '@keelson/api';
import type { Informer, InformerFactory, InformerUse } from '@keelson/client';
import { KeelsonError, type ObjectRef, type Selection } from '@keelson/sdk';
import type { Caches, ControllerDeclaration } from '@keelson/sdk/controller';
import { Expectations } from './expectations.ts';
import { selectionFilter } from './selection-filter.ts';

interface Cached {
  readonly use: InformerUse<KubeObject>;
  readonly expectations: Expectations;
}

/** The informers of one controller: what it reads, and what it must have seen of its own writes before it reads. */
export class ControllerCaches implements Caches {
  readonly #name: string;
  readonly #main: Cached;
  readonly #cached = new Map<string, Cached>();
  readonly #undo: (() => void)[] = [];

  constructor(declaration: ControllerDeclaration, informers: InformerFactory) {
    this.#name = declaration.name;
    this.#main = this.#open(declaration.for, declaration.select ?? {}, informers);
    const others = [...(declaration.owns ?? []), ...(declaration.reads ?? []), ...(declaration.watches ?? []).map(({ kind }) => kind)] as Kind<KubeObject>[];
    for (const kind of others) this.#cached.set(kindKey(kind), this.#cached.get(kindKey(kind)) ?? this.#sameAsMain(declaration, kind) ?? this.#open(kind, {}, informers));
    if (!this.#cached.has(kindKey(declaration.for))) this.#cached.set(kindKey(declaration.for), this.#main);
    for (const { kind, name, of } of declaration.indexes ?? []) this.#index(kind as Kind<KubeObject>, name, of);
  }

  /** Informer of the reconciled kind, with the controller's selection. */
  get main(): Informer<KubeObject> {
    return this.#main.use.informer;
  }

  /** Informer of a declared kind, without selection where the controller declares it so. */
  informer<T extends KubeObject>(kind: Kind<T>): Informer<T> {
    return this.#of(kind).use.informer as unknown as Informer<T>;
  }

  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): T | undefined {
    return this.informer(kind).store.get(objectKey(ref));
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    return this.informer(kind).store.list(namespace);
  }

  ownedBy<T extends KubeObject>(kind: Kind<T>, ownerUid: string): readonly T[] {
    return this.informer(kind).store.ownedBy(ownerUid);
  }

  byIndex<T extends KubeObject>(kind: Kind<T>, index: string, value: string): readonly T[] {
    return this.informer(kind).store.byIndex(this.#indexName(index), value);
  }

  /** Resolves with the first full state of every kind. */
  async synced(): Promise<void> {
    await Promise.all(this.#all().map(({ use }) => use.informer.synced));
  }

  /** The caches that hold a kind; none when the controller only writes it. */
  expectationsOf(kind: Pick<KubeObject, 'apiVersion' | 'kind'>): readonly Expectations[] {
    return this.#all().filter(({ use }) => kindKey(use.informer.kind) === kindKey(kind)).map(({ expectations }) => expectations);
  }

  /** The uid that the cache knows under a name, for deletes that name no uid. */
  uidOf(kind: Pick<KubeObject, 'apiVersion' | 'kind'>, ref: ObjectRef): string | undefined {
    return this.#cached.get(kindKey(kind))?.use.informer.store.get(objectKey(ref))?.metadata.uid;
  }

  /**
   * Resolves to whether one of the objects, all of them created by this controller, has gone unseen: created and deleted
   * while the watch was interrupted, so that no event has told of it.
   */
  async missed(created: readonly KubeObject[], signal: AbortSignal): Promise<boolean> {
    await this.ownWritesSeen(signal);
    return created.some((object) => {
      const cached = this.#cached.get(kindKey(object));
      return cached !== undefined && cached.expectations.covers(object) && cached.use.informer.store.get(objectKey(object)) === undefined;
    });
  }

  /** Undefined when every cache shows this controller's writes; otherwise resolves when they do. */
  ownWritesSeen(signal: AbortSignal): Promise<unknown> | undefined {
    const behind = this.#all().filter(({ expectations }) => !expectations.fulfilled());
    if (behind.length === 0) return undefined;
    return Promise.all(
      behind.map(({ use, expectations }) => {
        use.informer.catchUp(expectations.highest);
        return use.informer.waitUntil(() => expectations.fulfilled(), signal);
      }),
    );
  }

  /** Lets the informers go; they stop when nobody else uses them. */
  release(): void {
    for (const undo of this.#undo) undo();
  }

  #all(): readonly Cached[] {
    return [...new Set([this.#main, ...this.#cached.values()])];
  }

  #of(kind: Kind<KubeObject>): Cached {
    const cached = this.#cached.get(kindKey(kind));
    if (cached !== undefined) return cached;
    throw new KeelsonError('KEEL_CONTROLLER_READS', `controller ${this.#name} reads ${kind.plural} without declaring it: add the kind to its \`reads\``);
  }

  #sameAsMain(declaration: ControllerDeclaration, kind: Kind<KubeObject>): Cached | undefined {
    return kindKey(kind) === kindKey(declaration.for) && declaration.select === undefined ? this.#main : undefined;
  }

  #open(kind: Kind<KubeObject>, selection: Selection, informers: InformerFactory): Cached {
    const selected = Object.values(selection).some((part) => part !== undefined && part !== '');
    const filter = selected ? selectionFilter(kind, selection) : undefined;
    const use = informers.use(kind, selection);
    const expectations = new Expectations(use.informer, filter);
    this.#undo.push(use.informer.onRewind(() => expectations.clear()), () => use.release());
    return { use, expectations };
  }

  #index(kind: Kind<KubeObject>, name: string, of: (object: never) => readonly string[]): void {
    const { store } = this.#of(kind).use.informer;
    const full = this.#indexName(name);
    store.addIndex(full, of as (object: KubeObject) => readonly string[]);
    this.#undo.unshift(() => store.removeIndex(full));
  }

  /** Informers are shared between controllers, names of indexes are not. */
  #indexName(name: string): string {
    return `${this.#name}/${name}`;
  }
}

function kindKey(kind: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  return `${kind.apiVersion}/${kind.kind}`;
}
