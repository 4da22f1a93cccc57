import { parseAllDocuments } from 'yaml';
import { findKind, parseApiVersion, type KubeObject } from '@keelson/api';
import type { ApiClient } from '@keelson/sdk';

/** Objects of a YAML text with any number of documents. Errors: the parser's, with line and column. */
export function parseManifests(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0]!;
    const value = (document as { toJS(): unknown }).toJS() as KubeObject | null;
    return value === null ? [] : [value];
  });
}

/** Creates what is missing and merges the rest, in order; namespaced objects without a namespace go to `default`. */
export async function applyObjects(api: ApiClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const at = parseApiVersion(object.apiVersion);
    const kind = at === undefined ? undefined : findKind(at.group, at.version, object.kind);
    if (kind === undefined) throw new Error(`kind ${object.kind} of ${object.apiVersion} is not known`);
    const metadata = kind.namespaced ? { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } : object.metadata;
    const named = { ...object, metadata } as KubeObject;
    const ref = { name: metadata.name!, namespace: metadata.namespace };
    if ((await api.get(kind, ref)) === undefined) await api.create(named);
    else await api.patch(kind, ref, { type: 'merge', body: named });
  }
}
