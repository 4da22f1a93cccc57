import type { Container, ContainerStateTerminated } from '@keelson/api/core/v1';

/** `ephemeral`: added to a running pod for debugging; started once, never again. */
export type ContainerRole = 'init' | 'sidecar' | 'app' | 'ephemeral';

/** One container of a pod's spec with what became of it on this node. */
export interface ContainerSlot {
  readonly spec: Container;
  readonly role: ContainerRole;
  /** Container whose processes an ephemeral one wants to see. */
  readonly target: string | undefined;
  /** Of the present or last container; undefined before the first. */
  id: string | undefined;
  /** Of the one before, kept for `logs --previous`. */
  previousId: string | undefined;
  imageId: string;
  running: boolean;
  /** Milliseconds, while running. */
  startedAt: number;
  /** How the present container ended. */
  ended: ContainerStateTerminated | undefined;
  /** It has ended, and nobody has read yet what it said about that. */
  unread: boolean;
  /** Milliseconds; the status has whole seconds only, too coarse for back-off. */
  endedAt: number | undefined;
  /** How the one before ended. */
  lastEnded: ContainerStateTerminated | undefined;
  /** Containers made so far. */
  created: number;
  /** Shown while nothing runs; undefined: the usual reason for a container whose turn has not come. */
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  /** When (milliseconds) and how the last pull of its image failed. */
  pullFailure: { readonly at: number; readonly error: string } | undefined;
  /** The startup probe has succeeded, or there is none. */
  started: boolean;
  /** By readiness probe; without one, running is ready. */
  ready: boolean;
}

export function newSlot(spec: Container, role: ContainerRole, target?: string): ContainerSlot {
  return {
    spec, role, target, unread: false,
    id: undefined, previousId: undefined, imageId: '', running: false, startedAt: 0, ended: undefined, endedAt: undefined, lastEnded: undefined, created: 0,
    waiting: undefined, pullFailure: undefined, started: false, ready: false,
  };
}

/** Containers that were made again: upstream's `restartCount`. */
export function restartCount(slot: ContainerSlot): number {
  return Math.max(0, slot.created - 1);
}
