/** Any object with metadata. */
export interface MetadataBearer {
  readonly metadata: object;
}

/** The object reduced to its metadata. */
export function partialMetadata(object: MetadataBearer, version: 'v1' | 'v1beta1'): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

/** A list reduced to the metadata of its items. */
export function partialMetadataList(
  items: Iterable<MetadataBearer>,
  request: { readonly metadata: Readonly<Record<string, unknown>>; readonly version: 'v1' | 'v1beta1' },
): Record<string, unknown> {
  const { version, metadata } = request;
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    items: Array.from(items, (item) => partialMetadata(item, version)),
  };
}
