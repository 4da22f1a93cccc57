import type { Kind } from '@keelson/api';
import { conversionOf, renaming } from './conversion.ts';
import type { CustomForm, ResourceStorage, ServedResource } from './served-resource.ts';

/** All kinds that the API serves now; custom kinds come and go. */
export class ResourceRegistry {
  readonly #byPath = new Map<string, ServedResource>();
  readonly #byKind = new Map<string, ServedResource>();
  readonly #storages = new Map<string, ResourceStorage>();
  readonly #groupVersions = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly openStorage: (kind: Kind, prefix: string) => ResourceStorage) {}

  /**
   * Serves a kind; stored kinds get their storage on the way, shared where several kinds name the same one.
   * @param custom for a custom kind, what its definition says
   */
  add(kind: Kind, all: readonly Kind[], custom?: CustomForm): ServedResource {
    const served: ServedResource = {
      kind,
      storage: kind.verbs.includes('get') ? this.#storageOf(kind, all) : undefined,
      conversion: custom?.mixed === true ? renaming(kind) : conversionOf(kind),
      custom,
    };
    this.#byPath.set(pathKey(kind.group, kind.version, kind.plural), served);
    this.#byKind.set(pathKey(kind.group, kind.version, kind.kind), served);
    const groupVersion = `${kind.group}/${kind.version}`;
    this.#groupVersions.set(groupVersion, (this.#groupVersions.get(groupVersion) ?? 0) + 1);
    return served;
  }

  /** Stops serving kinds; storages that no other kind uses are closed, which ends their watches. */
  remove(kinds: readonly Kind[]): void {
    for (const { group, version, plural, kind } of kinds) {
      if (!this.#byPath.delete(pathKey(group, version, plural))) continue;
      this.#byKind.delete(pathKey(group, version, kind));
      const groupVersion = `${group}/${version}`;
      const left = (this.#groupVersions.get(groupVersion) ?? 0) - 1;
      if (left > 0) this.#groupVersions.set(groupVersion, left);
      else this.#groupVersions.delete(groupVersion);
    }
    const used = new Set([...this.#byPath.values()].map(({ storage }) => storage));
    for (const [prefix, storage] of this.#storages) {
      if (used.has(storage)) continue;
      this.#storages.delete(prefix);
      storage.cache.close();
    }
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(pathKey(group, version, plural));
  }

  findKind(group: string, version: string, kind: string): ServedResource | undefined {
    return this.#byKind.get(pathKey(group, version, kind));
  }

  servesGroupVersion(group: string, version: string): boolean {
    return this.#groupVersions.has(`${group}/${version}`);
  }

  /** In the order of registration. */
  kinds(): Kind[] {
    return [...this.#byPath.values()].map((served) => served.kind);
  }

  storages(): Iterable<ResourceStorage> {
    return this.#storages.values();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells listeners (discovery, OpenAPI) that kinds were added or removed. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #storageOf(kind: Kind, all: readonly Kind[]): ResourceStorage {
    const { group, version, resource } = kind.storage;
    const prefix = storagePrefix(group, resource);
    let storage = this.#storages.get(prefix);
    if (storage === undefined) {
      const stored = all.find((one) => one.group === group && one.version === version && one.plural === resource) ?? kind;
      storage = this.openStorage(stored, prefix);
      this.#storages.set(prefix, storage);
    }
    return storage;
  }
}

/** `/registry/pods/`, `/registry/apps/deployments/`: the group keeps equal plurals of different groups apart. */
export function storagePrefix(group: string, resource: string): string {
  return group === '' ? `/registry/${resource}/` : `/registry/${group}/${resource}/`;
}

const pathKey = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;
