import { isObject, setMember, type JsonObject } from './json-value.ts';
import { malformedPatch } from './patch-error.ts';

/** Applies an RFC 7396 merge patch to an object that may be frozen; what the patch does not name is shared. */
export function applyMergePatch<T extends object>(document: T, patch: unknown): T {
  if (!isObject(patch)) throw malformedPatch('error decoding patch: a merge patch is a JSON object');
  return merge(document, patch) as T;
}

function merge(target: unknown, patch: JsonObject): Record<string, unknown> {
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setMember(result, key, isObject(value) ? merge(Object.hasOwn(result, key) ? result[key] : undefined, value) : value);
  }
  return result;
}
