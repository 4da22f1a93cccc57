import type { ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, Secret, ServiceAccountTokenProjection } from '@keelson/api/core/v1';
import type { VolumeFile, VolumeSources } from './drivers.ts';

/** Mode of files for which a volume says nothing. */
export const defaultFileMode = 0o644;

/** A reference to a ConfigMap or a Secret, as volumes and projections have it. */
export interface ContentReference {
  readonly name: string;
  readonly optional: boolean;
  /** Absent or empty: every key, under its own name. */
  readonly items: readonly KeyToPath[] | undefined;
}

interface ContentContext {
  readonly pod: Pod;
  readonly sources: VolumeSources;
  /** Of files whose item says nothing. */
  readonly mode: number;
}

/** The files of a ConfigMap; rejects in upstream's words when it, or a named key, is missing and not optional. */
export async function configMapFiles(reference: ContentReference, { pod, sources, mode }: ContentContext): Promise<readonly VolumeFile[]> {
  const object = await sources.configMap(pod.metadata.namespace ?? '', reference.name);
  if (object === undefined) return absent(reference, 'configmap');
  return pick(dataOf(object), reference, mode, 'configmap references non-existent config key');
}

/** The files of a Secret; rejects as `configMapFiles` does. */
export async function secretFiles(reference: ContentReference, { pod, sources, mode }: ContentContext): Promise<readonly VolumeFile[]> {
  const object = await sources.secret(pod.metadata.namespace ?? '', reference.name);
  if (object === undefined) return absent(reference, 'secret');
  return pick(decoded(object.data), reference, mode, 'references non-existent secret key');
}

/** The files of the downward API. */
export function downwardFiles(items: readonly DownwardAPIVolumeFile[], { pod, sources, mode }: ContentContext): readonly VolumeFile[] {
  return items.flatMap(({ path, mode: own, fieldRef, resourceFieldRef }) => {
    const content =
      fieldRef !== undefined
        ? sources.field(pod, fieldRef.fieldPath)
        : resourceFieldRef === undefined
          ? undefined
          : sources.resourceField(pod, resourceFieldRef.containerName ?? '', resourceFieldRef.resource, resourceFieldRef.divisor);
    return content === undefined ? [] : [{ path, content, mode: own ?? mode }];
  });
}

/** A token of the pod's account as a file that only its user can read, where upstream restricts it; with its renewal. */
export async function tokenFile(projection: ServiceAccountTokenProjection, { pod, sources, mode }: ContentContext): Promise<{ readonly file: VolumeFile; readonly renewAt: number }> {
  const { audience, expirationSeconds = 3600, path } = projection;
  const { token, renewAt } = await sources.token(pod, { audience: audience === '' ? undefined : audience, expirationSeconds });
  const uid = commonUser(pod);
  const restricted = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  return { file: { path, content: token, mode: restricted ? 0o600 : mode, ...(uid === undefined ? {} : { uid }) }, renewAt };
}

function absent({ name, optional }: ContentReference, what: string): readonly VolumeFile[] {
  if (optional) return [];
  throw new Error(`${what} "${name}" not found`);
}

function dataOf({ data, binaryData }: ConfigMap): ReadonlyMap<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([...Object.entries(data ?? {}), ...decoded(binaryData)]);
}

function decoded(data: Secret['data']): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(data ?? {}).map(([key, text]) => [key, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]));
}

function pick(data: ReadonlyMap<string, string | Uint8Array>, { items, optional }: ContentReference, mode: number, missing: string): readonly VolumeFile[] {
  if (items === undefined || items.length === 0) return [...data].map(([path, content]) => ({ path, content, mode }));
  return items.flatMap(({ key, path, mode: own }) => {
    const content = data.get(key);
    if (content !== undefined) return [{ path, content, mode: own ?? mode }];
    if (optional) return [];
    throw new Error(`${missing}: ${key}`);
  });
}

/** The user that all containers run as, if it is one. */
function commonUser({ spec }: Pod): number | undefined {
  const users = new Set([...(spec.initContainers ?? []), ...spec.containers].map(({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser));
  return users.size === 1 ? [...users][0] : undefined;
}
