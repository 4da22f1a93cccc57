import type { PodSpec } from '@keelson/api/core/v1';
import type { MutableObject } from '../mutable-object.ts';
import { cloneJson } from '../patch/json-value.ts';

type Narrow = (next: MutableObject, old: MutableObject) => void;

/** Subresources that exist to change one part of a pod: whatever else the client sent is taken from the stored object. */
const narrow: Readonly<Record<string, Narrow>> = {
  ephemeralcontainers(next, old) {
    const wanted = specOf(next).ephemeralContainers;
    keepAll(next, old);
    if (wanted !== undefined) specOf(next).ephemeralContainers = wanted;
  },
  resize(next, old) {
    const wanted = specOf(next);
    const sizes = new Map([...(wanted.containers ?? []), ...(wanted.initContainers ?? [])].map(({ name, resources, resizePolicy }) => [name, { resources, resizePolicy }]));
    keepAll(next, old);
    for (const container of [...specOf(next).containers, ...(specOf(next).initContainers ?? [])]) {
      const size = sizes.get(container.name);
      if (size?.resources !== undefined) container.resources = size.resources;
    }
  },
};

/** Applies the rule of such a subresource; nothing for others. */
export function narrowUpdate(subresource: string, next: MutableObject, old: MutableObject): void {
  narrow[subresource]?.(next, old);
}

/** The stored object, except for the version that the client names, which is its precondition. */
function keepAll(next: MutableObject, old: MutableObject): void {
  const { resourceVersion } = next.metadata;
  for (const key of Object.keys(next)) delete next[key];
  Object.assign(next, cloneJson(old));
  if (resourceVersion !== undefined) next.metadata.resourceVersion = resourceVersion;
}

const specOf = (object: MutableObject): PodSpec => object['spec'] as PodSpec;
