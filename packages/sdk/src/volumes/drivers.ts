import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Volume } from '@keelson/api/core/v1';
import { extensionPoint } from '../extension-point.ts';

/** Objects that volumes are made of, read through the node agent: never older than the pod that asks. */
export interface VolumeSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  claim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  /** A bound token of the pod's service account, by TokenRequest. */
  token(pod: Pod, request: { readonly audience: string | undefined; readonly expirationSeconds: number }): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** Values of the downward API for this pod (`metadata.labels`, …) and its containers' resources. */
  field(pod: Pod, fieldPath: string): string;
  resourceField(pod: Pod, containerName: string, resource: string, divisor: string | undefined): string;
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
}

/** A volume that containers can use. */
export interface MountedVolume {
  /** What is bound into containers: mostly `directory`, for a hostPath the path itself. */
  readonly hostPath: string;
  /** Content follows its objects: called when one of them may have changed or `refreshAfter` has come. */
  refresh?(): Promise<void>;
  /** Objects that it was made of, as `configmaps/namespace/name` or `secrets/namespace/name`: a change calls `refresh`. */
  readonly watches?: readonly string[];
  /** Wall time, milliseconds, at which `refresh` is due (a token's renewal). */
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
  unmount(request: { readonly podUid: string; readonly volumeName: string; readonly directory: string }): Promise<void>;
}

/** Types of volumes. Errors are the pod's: unguarded. */
export const VolumeDrivers = extensionPoint<VolumeDriver>('keelson.volumes.drivers', { guarded: false });
