import type { ReplicaSet } from '@keelson/api/apps/v1';

/** A replica set and the size that it shall have. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}
