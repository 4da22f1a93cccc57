import { defineKind, findKind, parseApiVersion, type Kind, type KubeObject } from '@keelson/api';
import { KeelsonError } from '@keelson/sdk';

/**
 * Finds the kind that an object names: those this client has met (custom kinds come in with every typed call), then the
 * built-in ones, then a guess by English plural, as upstream's clients guess without discovery.
 */
export class KindLookup {
  readonly #known = new Map<string, Kind<KubeObject>>();

  constructor(kinds: readonly Kind<KubeObject>[] = []) {
    for (const kind of kinds) this.learn(kind);
  }

  learn(kind: Kind<KubeObject>): void {
    this.#known.set(`${kind.apiVersion}/${kind.kind}`, kind);
  }

  /** Throws `KEEL_CLIENT_KIND` for an object that does not state apiVersion and kind. */
  of(object: Pick<KubeObject, 'apiVersion' | 'kind'> & { readonly metadata?: { readonly namespace?: string | undefined } | undefined }): Kind<KubeObject> {
    const key = `${object.apiVersion}/${object.kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = parseApiVersion(object.apiVersion ?? '');
    if (place === undefined || !object.kind) {
      throw new KeelsonError('KEEL_CLIENT_KIND', `object has apiVersion ${String(object.apiVersion)} and kind ${String(object.kind)}: set both before writing it`);
    }
    const kind =
      findKind(place.group, place.version, object.kind) ??
      defineKind({ ...place, kind: object.kind, namespaced: object.metadata?.namespace !== undefined });
    this.#known.set(key, kind);
    return kind;
  }
}
