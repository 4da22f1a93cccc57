import { builtinKinds } from '../kinds.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Kinds of meta/v1 that every API version has. */
const everywhere: Readonly<Record<string, string>> = {
  DeleteOptions: `${meta}.DeleteOptions`, Status: `${meta}.Status`, WatchEvent: `${meta}.WatchEvent`,
};

/** Kinds that only `v1` or `meta.k8s.io` has. */
const metaKinds: Readonly<Record<string, string>> = Object.fromEntries([
  ...['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions'].map((kind) => [`v1/${kind}`, `${meta}.${kind}`]),
  ...['v1', 'v1beta1'].flatMap((version) =>
    ['PartialObjectMetadata', 'PartialObjectMetadataList'].map((kind) => [`meta.k8s.io/${version}/${kind}`, `${meta}.${kind}`]),
  ),
]) as Record<string, string>;

let definitions: ReadonlyMap<string, string> | undefined;

/** OpenAPI name of a kind that has a protobuf form, lists included; undefined for others (custom kinds never have one). */
export function messageDefinition(apiVersion: string, kind: string): string | undefined {
  definitions ??= new Map(
    builtinKinds().flatMap(({ apiVersion: version, kind: name, listKind, verbs, definition }) => {
      const own: [string, string][] = [[`${version}/${name}`, definition]];
      return verbs.length === 0 ? own : [...own, [`${version}/${listKind}`, `${definition}List`]];
    }),
  );
  return definitions.get(`${apiVersion}/${kind}`) ?? ownValue(everywhere, kind) ?? ownValue(metaKinds, `${apiVersion}/${kind}`);
}

function ownValue(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
