import type { ListMeta, ObjectMeta } from '../../generated/types/meta-v1.ts';

/** What every stored object has; kinds add `spec`, `status` or their own fields. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** Metadata as a client writes it: the server fills in uid, creationTimestamp and the like. */
export type DraftMeta = { [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined };

type DraftSpec<T> = T extends { spec: infer S } ? ({} extends S ? { spec?: S | undefined } : { spec: S }) : unknown;

/** An object as a client writes it for create or apply: no server-set metadata, apiVersion and kind may be left out. */
export type Draft<T extends KubeObject> = Omit<T, keyof KubeObject | 'spec'> &
  DraftSpec<T> & { apiVersion?: string | undefined; kind?: string | undefined; metadata?: DraftMeta | undefined };

/** A list as the API returns it; `kind` is the item kind followed by `List`. */
export interface List<T extends KubeObject = KubeObject> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

/** A value whose properties are read-only at every depth, as objects from caches are. */
export type Frozen<T> = T extends (infer I)[]
  ? readonly Frozen<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
