import type { Kind, KubeObject } from '@keelson/api';
import type { ObjectRef } from '../api-client.ts';
import type { UserInfo } from '../auth/index.ts';
import { extensionPoint } from '../extension-point.ts';

/** One write on its way to the store. */
export interface AdmissionRequest<T extends KubeObject = KubeObject> {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: Kind<T>;
  /** '' for the object itself. */
  readonly subresource: string;
  readonly namespace: string | undefined;
  /** Undefined while `generateName` is not resolved. */
  readonly name: string | undefined;
  /** Mutable in `mutate`, frozen by agreement in `validate`; undefined for DELETE. */
  readonly object: T | undefined;
  /** Frozen stored state; undefined for CREATE. */
  readonly oldObject: T | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void;
}

/** Synchronous reads from the server's own caches. A kind that nobody has read since the start looks empty until `ready`. */
export interface AdmissionLookup {
  /** Resolves when the objects of the kind are in memory; at once from then on. */
  ready(kind: Kind<KubeObject>): Promise<void>;
  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): T | undefined;
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[];
  /** The object as soon as it is there; undefined when `signal` aborts before. For what another writer is about to create. */
  whenPresent<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef, signal: AbortSignal): Promise<T | undefined>;
}

/** One step of the admission chain; rejects by throwing `StatusError`. Mutating steps run before all validating ones. */
export interface AdmissionHandler {
  readonly name: string;
  /** What it wants to see; absent: everything. Checked by the kernel before the call, from a compiled table. */
  readonly handles?: {
    readonly operations?: readonly AdmissionRequest['operation'][];
    readonly kinds?: readonly Kind<KubeObject>[];
    /** Default ['']: the objects themselves, no subresource. */
    readonly subresources?: readonly string[];
  };
  mutate?(request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> | void;
  validate?(request: AdmissionRequest, lookup: AdmissionLookup): Promise<void> | void;
}

export const AdmissionHandlers = extensionPoint<AdmissionHandler>('keelson.admission.handlers', { ordered: true, deadlineMs: 30_000 });

export { admissionForbidden } from './forbidden.ts';
