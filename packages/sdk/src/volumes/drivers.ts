import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Volume } from '@keelson/api/core/v1';
import { extensionPoint } from '../extension-point.ts';

/** Objects that volumes are made of, read through the node agent: never older than the pod that asks. */
export interface VolumeSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  claim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  /** A bound token of the pod's service account, by TokenRequest. */
  token(pod: Pod, request: { readonly audience: string | undefined; readonly expirationSeconds: number }): Promise<BoundToken>;
  /** Values of the downward API for this pod (`metadata.labels`, …) and its containers' resources. */
  field(pod: Pod, fieldPath: string): string;
  resourceField(pod: Pod, containerName: string, resource: string, divisor: string | undefined): string;
}

/** A token for one pod; asking again before `renewAt` gives the same one. Wall times, milliseconds. */
export interface BoundToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly renewAt: number;
}

/** A file of a volume whose content comes from API objects. */
export interface VolumeFile {
  /** Relative, with `/`; never leaves the volume. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  /** Owner; absent: root. */
  readonly uid?: number;
}

/** What drivers do to the node's disk, made by the agent so that each does it alike and safely. */
export interface VolumeDisk {
  /**
   * Makes a volume of exactly these files, all at once: containers see the old or the new files, never a mixture.
   * Writes nothing when they are there already.
   */
  replaceFiles(directory: string, files: readonly VolumeFile[], fsGroup: number | undefined): Promise<void>;
  /** Makes a folder; with a group it belongs to it, and so does what is made in it later. */
  makeDirectory(directory: string, mode: number, fsGroup: number | undefined): Promise<void>;
  /** Mounts memory there, once, at most so large (bytes). */
  mountMemory(directory: string, sizeBytes: number | undefined): Promise<void>;
  /** Unmounts what is mounted at or below it and removes it; never follows a mount or a link out of it. */
  remove(directory: string): Promise<void>;
}

export interface VolumeMountRequest {
  readonly pod: Pod;
  readonly volume: Volume;
  /** Folder that belongs to this volume of this pod alone; the driver makes it. */
  readonly directory: string;
  readonly sources: VolumeSources;
  /** `spec.securityContext.fsGroup`. */
  readonly fsGroup: number | undefined;
  readonly signal: AbortSignal;
  /** Absent: the node's runtime takes no mounts. The driver then checks its sources and touches nothing. */
  readonly disk?: VolumeDisk;
}

/** A volume that containers can use. */
export interface MountedVolume {
  /** What is bound into containers: mostly `directory`, for a hostPath the path itself. */
  readonly hostPath: string;
  /**
   * Content follows its objects: `mount` is called again when one of those that it read from `sources` has changed, when
   * the pod's labels or annotations have, or when `refreshAfter` has come.
   */
  readonly live?: boolean;
  /** Further objects, as `configmaps/namespace/name` or `secrets/namespace/name`, whose change counts as well. */
  readonly watches?: readonly string[];
  /** Wall time, milliseconds, at which it is due again (a token's renewal). */
  readonly refreshAfter?: number;
}

/** Makes one type of volume. */
export interface VolumeDriver {
  /** Kebab-case (`config-map`). */
  readonly name: string;
  /** The field of `spec.volumes[]` that it answers for (`configMap`). */
  readonly field: keyof Volume & string;
  /**
   * Idempotent: an agent that restarts mounts again what is there. Rejects with a text for users: event `FailedMount`,
   * the pod waits and it is tried again.
   */
  mount(request: VolumeMountRequest): Promise<MountedVolume>;
  /** Removes all that `mount` made below `directory`; succeeds on what was never, or only half, mounted. */
  unmount(request: { readonly podUid: string; readonly volumeName: string; readonly directory: string; readonly disk: VolumeDisk }): Promise<void>;
}

/** Types of volumes. Errors are the pod's: unguarded. */
export const VolumeDrivers = extensionPoint<VolumeDriver>('keelson.volumes.drivers', { guarded: false });
