import type { Kind, KubeObject } from '@keelson/api';
import type { ApiClient, ObjectRef } from '../api-client.ts';
import { extensionPoint, type Contribution } from '../extension-point.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';

/** Done (`undefined`), or look at the object again after so many milliseconds. Throw to retry with back-off. */
export type ReconcileResult = { readonly requeueAfter: number } | undefined | void;

/** Reads the local caches of the kinds that the controller declared; synchronous, frozen objects, never a scan of the cluster for one object. */
export interface Caches {
  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectRef): T | undefined;
  /** Absent namespace: all of them. */
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[];
  /** Objects whose controller owner reference has this uid (built-in index). */
  ownedBy<T extends KubeObject>(kind: Kind<T>, ownerUid: string): readonly T[];
  /** Objects that a declared index puts under `value`. */
  byIndex<T extends KubeObject>(kind: Kind<T>, index: string, value: string): readonly T[];
}

/** Writes Kubernetes events; equal ones are counted up instead of written again. Never throws. */
export interface EventRecorder {
  record(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export interface ReconcileContext {
  readonly ref: ObjectRef;
  /** 1 for the first try since the last success. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  /** Acts as the plugin; reads through it are live, reads through `caches` are local and never older than own writes. */
  readonly api: ApiClient;
  readonly caches: Caches;
  readonly events: EventRecorder;
}

/** Changes of `kind` enqueue the refs that `enqueue` gives. */
export interface WatchDeclaration<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  /** `previous` is undefined for the first sight, `object` is the last state when `deleted`. */
  enqueue(object: T, caches: Caches, change: { readonly previous: T | undefined; readonly deleted: boolean }): readonly ObjectRef[];
}

export interface IndexDeclaration<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  readonly name: string;
  of(object: T): readonly string[];
}

/** What a controller is: data and one function. */
export interface ControllerDeclaration<T extends KubeObject = KubeObject> {
  /** Low-cardinality name for spans, metrics, leases and logs (`deployment`). */
  readonly name: string;
  /** The kind it reconciles; its changes enqueue the object itself. */
  readonly for: Kind<T>;
  /** Only these objects of the kind (`labelSelector`, `fieldSelector`, `namespace`). */
  readonly select?: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };
  /** Kinds whose changes enqueue their controller owner. */
  readonly owns?: readonly Kind<KubeObject>[];
  readonly watches?: readonly WatchDeclaration<any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- existential type
  /** Kinds it only reads from the cache. */
  readonly reads?: readonly Kind<KubeObject>[];
  readonly indexes?: readonly IndexDeclaration<any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- existential type
  /** Reconciles at the same time, of different objects; default 1. */
  readonly concurrency?: number;
  /** Reconcile every object again this often, milliseconds; default never. */
  readonly resyncEvery?: number;
  /**
   * Least time between two reconciles of one object, milliseconds: what happens in between is taken together.
   * Keeps an object with thousands of dependents from being reconciled for each of their changes; default 0.
   */
  readonly spacing?: (object: T) => number;
  /** Run only while holding this Lease (name in kube-system); absent: no election. */
  readonly leaderElection?: string;
  reconcile(object: T, context: ReconcileContext): Promise<ReconcileResult> | ReconcileResult;
  /** The object is gone; for clean-up of what has no owner reference. */
  deleted?(ref: ObjectRef, context: ReconcileContext): Promise<ReconcileResult> | ReconcileResult;
}

/** Every controller of the cluster; run by the controller runner plugin, each as the plugin that contributed it. */
export const Controllers = extensionPoint<ControllerDeclaration>('keelson.controllers', { guarded: false });

/** Short forms of a reconcile's answer. */
export const Result = Object.freeze({
  done: undefined,
  after: (ms: number): { readonly requeueAfter: number } => ({ requeueAfter: ms }),
});

type Short<T extends KubeObject> = Omit<ControllerDeclaration<T>, 'for' | 'name' | 'watches'> & {
  readonly name?: string;
  readonly watches: Kind<T>;
};

/** Contributes a controller. The short form names its one kind in `watches`; the full form uses `for`, `owns`, `watches`. */
export function controller<T extends KubeObject>(declaration: ControllerDeclaration<T> | Short<T>): Contribution {
  if ('for' in declaration) return Controllers.with(declaration as unknown as ControllerDeclaration);
  const { watches, name, ...rest } = declaration;
  return Controllers.with({ ...rest, name: name ?? watches.kind.toLowerCase(), for: watches } as unknown as ControllerDeclaration);
}
