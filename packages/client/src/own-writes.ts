import type { Kind, KubeObject } from '@keelson/api';
import { revisionOf } from './revision.ts';

/** What one writer has had acknowledged: the highest resourceVersion per kind, for reads that must not be older. */
export class OwnWrites {
  readonly #highest = new Map<string, number>();
  #overall = 0;

  /** Highest acknowledged revision over all kinds; 0 before the first write. */
  get highest(): number {
    return this.#overall;
  }

  /** Highest acknowledged revision of one kind; 0 before the first write. */
  highestOf(kind: Pick<Kind<KubeObject>, 'apiVersion' | 'kind'>): number {
    return this.#highest.get(keyOf(kind)) ?? 0;
  }

  /** Takes the answer of a write; `kind` is given where the answer is of another kind than the one written (Scale). */
  note(answer: unknown, kind?: Kind<KubeObject>): void {
    const object = answer as Partial<KubeObject> | undefined;
    const revision = revisionOf(object?.metadata?.resourceVersion);
    const place = kind ?? object;
    if (revision === 0 || place?.apiVersion === undefined || place.kind === undefined) return;
    const key = keyOf({ apiVersion: place.apiVersion, kind: place.kind });
    if (revision > (this.#highest.get(key) ?? 0)) this.#highest.set(key, revision);
    if (revision > this.#overall) this.#overall = revision;
  }
}

function keyOf(kind: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  return `${kind.apiVersion}/${kind.kind}`;
}
