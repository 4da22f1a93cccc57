import type { KubeObject } from '@keelson/api';

/** An equality that lets the cache find the interested views of an event without asking every view. */
export interface SelectorIndex {
  /** Field label (`metadata.name`, `spec.nodeName`). */
  readonly field: string;
  readonly value: string;
  read(object: KubeObject): string;
}

/** Which objects of a resource a reader wants; `key` identifies equal selections, so that they share one view. */
export interface ObjectSelector {
  readonly key: string;
  /** Undefined: all. */
  readonly namespace: string | undefined;
  /** Undefined: every object of the namespace. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  readonly index: SelectorIndex | undefined;
}

/** Selects everything. */
export const everything: ObjectSelector = { key: '', namespace: undefined, matches: undefined, index: undefined };

/** Selects one namespace, or everything for undefined. */
export function inNamespace(namespace: string | undefined): ObjectSelector {
  return namespace === undefined ? everything : { key: `${namespace}/`, namespace, matches: undefined, index: undefined };
}
