/** API group and version; the core group is the empty string. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Group, version and kind of an object. */
export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}

/** Splits `apps/v1` or `v1`; undefined when there is more than one slash or no version. */
export function parseApiVersion(apiVersion: string): GroupVersion | undefined {
  const parts = apiVersion.split('/');
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) return undefined;
  if (second === undefined) return first === '' ? undefined : { group: '', version: first };
  return second === '' ? undefined : { group: first, version: second };
}

/** `apps/v1`, or `v1` for the core group. */
export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Group, version and kind that an object states, or undefined when its apiVersion is malformed. */
export function gvkOf(object: { readonly apiVersion: string; readonly kind: string }): GroupVersionKind | undefined {
  const groupVersion = parseApiVersion(object.apiVersion);
  return groupVersion === undefined ? undefined : { ...groupVersion, kind: object.kind };
}

/**
 * Orders versions as Kubernetes does, most preferred first: GA before beta before alpha, higher numbers first, then
 * anything else by name.
 */
export function compareVersions(a: string, b: string): number {
  const left = rank(a);
  const right = rank(b);
  if (left === undefined || right === undefined) {
    if (left === right) return a < b ? -1 : a > b ? 1 : 0;
    return left === undefined ? 1 : -1;
  }
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}

function rank(version: string): readonly [number, number, number] | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (match === null) return undefined;
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}
