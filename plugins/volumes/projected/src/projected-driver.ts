import type { VolumeProjection } from '@keelson/api/core/v1';
import {
  configMapFiles, defaultFileMode, downwardFiles, secretFiles, tokenFile, type MountedVolume, type VolumeDriver, type VolumeFile, type VolumeMountRequest,
} from '@keelson/sdk/volumes';

/** Makes volumes of type `projected`. */
export const projectedDriver: VolumeDriver = {
  name: 'projected',
  field: 'projected',
  mount,
  unmount: ({ directory, disk }) => disk.remove(directory),
};

interface Part {
  readonly files: readonly VolumeFile[];
  readonly renewAt?: number;
}

async function mount(request: VolumeMountRequest): Promise<MountedVolume> {
  const { volume, directory, fsGroup, disk } = request;
  const { sources: projections = [], defaultMode = defaultFileMode } = volume.projected ?? {};
  const parts = await Promise.all(projections.map((projection) => settled(partOf(projection, request, defaultMode))));
  const failures = parts.flatMap((part) => (part instanceof Error ? [part.message] : []));
  if (failures.length > 0) throw new Error(failures.length === 1 ? failures[0] : `[${failures.join(', ')}]`);
  const good = parts as readonly Part[];
  // A later source wins over an earlier one for the same path.
  const files = new Map(good.flatMap((part) => part.files).map((file) => [file.path, file]));
  await disk?.mountMemory(directory, undefined);
  await disk?.replaceFiles(directory, [...files.values()], fsGroup);
  const renewals = good.flatMap(({ renewAt }) => (renewAt === undefined ? [] : [renewAt]));
  return {
    hostPath: directory,
    live: true,
    ...(renewals.length === 0 ? {} : { refreshAfter: Math.min(...renewals) }),
  };
}

function settled(part: Promise<Part>): Promise<Part | Error> {
  return part.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

async function partOf({ configMap, secret, downwardAPI, serviceAccountToken, ...others }: VolumeProjection, { pod, sources, disk }: VolumeMountRequest, mode: number): Promise<Part> {
  const context = { pod, sources, mode };
  if (configMap !== undefined) return { files: await configMapFiles(reference(configMap), context) };
  if (secret !== undefined) return { files: await secretFiles(reference(secret), context) };
  if (downwardAPI !== undefined) return { files: downwardFiles(downwardAPI.items ?? [], context) };
  if (serviceAccountToken === undefined) throw new Error(`projected source ${Object.keys(others).join(', ') || 'without a type'} is not supported by this node`);
  // Nobody reads a token where nothing is mounted: none is asked for.
  if (disk === undefined) return { files: [] };
  const { file, renewAt } = await tokenFile(serviceAccountToken, context);
  return { files: [file], renewAt };
}

function reference({ name = '', optional = false, items }: NonNullable<VolumeProjection['configMap']>): Parameters<typeof configMapFiles>[0] {
  return { name, optional, items };
}
