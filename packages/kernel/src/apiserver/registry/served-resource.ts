import type { Kind, KubeObject } from '@keelson/api';
import type { CustomResourceSubresourceScale } from '@keelson/api/apiextensions/v1';
import type { FrameStreams, ResourceCache } from '../../watch/index.ts';
import type { Conversion } from './conversion.ts';
import type { RowSource } from '../table/index.ts';
import type { PinnedSnapshots } from './pinned-snapshots.ts';

/** Where the objects of one or several kinds are kept. */
export interface ResourceStorage {
  /** Kind in which objects are stored. */
  readonly kind: Kind;
  /** `/registry/…/`, ending in a slash. */
  readonly prefix: string;
  readonly cache: ResourceCache;
  readonly streams: FrameStreams;
  readonly snapshots: PinnedSnapshots;
}

/** One kind as the API serves it. */
export interface ServedResource {
  readonly kind: Kind;
  /** Undefined for kinds that are never stored (reviews, Binding). */
  readonly storage: ResourceStorage | undefined;
  /** Set where the served kind is not the stored one. */
  readonly conversion: Conversion | undefined;
  /** Set for custom kinds. */
  readonly custom: CustomForm | undefined;
}

/** What the definition of a custom kind says beyond its `Kind`. */
export interface CustomForm {
  readonly rows: RowSource<KubeObject>;
  /** The version's `openAPIV3Schema`. */
  readonly schema: object | undefined;
  readonly scale: CustomResourceSubresourceScale | undefined;
  /** Stored objects may bear another version than the served one. */
  readonly mixed: boolean;
  /** Told to whoever uses a deprecated version. */
  readonly warning: string | undefined;
}

/** `group/plural` for messages, as upstream prints a GroupResource: `deployments.apps`, `pods`. */
export function resourceName(kind: Pick<Kind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}
