import type { KubeObject } from '@keelson/api';
import type { Parsed, ParsedObjects } from './parsed-objects.ts';

/** One version of one object: its serialized bytes are the truth, the parsed form is a bounded convenience. */
export class CachedObject implements Parsed {
  #object: KubeObject | undefined;

  constructor(
    /** `namespace/name` or `name`. */
    readonly key: string,
    /** JSON with `metadata.resourceVersion` filled in; shared by all readers, never written to. */
    readonly bytes: Buffer,
    readonly revision: number,
    private readonly parsed: ParsedObjects,
  ) {}

  /** Frozen; parsed at the first use. */
  get object(): KubeObject {
    if (this.#object !== undefined) return this.#object;
    this.#object = this.parsed.parse(this.bytes);
    this.parsed.add(this);
    return this.#object;
  }

  /** For a look at the object that keeps nothing: parsed anew, and not to be handed on, unless it is parsed already. */
  glance(): KubeObject {
    return this.#object ?? (JSON.parse(this.bytes.toString('utf8')) as KubeObject);
  }

  forget(): void {
    this.#object = undefined;
  }

  /** '' for cluster-scoped objects. */
  get namespace(): string {
    const slash = this.key.indexOf('/');
    return slash < 0 ? '' : this.key.slice(0, slash);
  }

  get name(): string {
    return this.key.slice(this.key.indexOf('/') + 1);
  }

  /** The same content under another revision, as deletions and departures from a selection are reported. */
  restamped(revision: number, stamp: (bytes: Buffer, revision: number) => void): CachedObject {
    const bytes = Buffer.from(this.bytes);
    stamp(bytes, revision);
    return new CachedObject(this.key, bytes, revision, this.parsed);
  }
}
