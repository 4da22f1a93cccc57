import type { Cancel } from '@keelson/sdk';
import type { ContainerConfig, ContainerState, ContainerStatus } from '@keelson/sdk/runtime';
import type { Behaviour } from './behaviour.ts';

/** A container that nothing runs: its state and when it changes. */
export interface SimContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  readonly imageId: string;
  readonly command: readonly string[];
  readonly behaviour: Behaviour;
  state: ContainerState;
  readonly createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  exitCode: number | undefined;
  signal: number | undefined;
  /** The one planned change: exit by itself, or end after SIGTERM. */
  timer: Cancel | undefined;
  /** Called once it has ended: stops in progress and followers of the log. */
  readonly onExit: Set<() => void>;
}

export function newContainer(id: string, sandboxId: string, config: ContainerConfig, behaviour: Behaviour, now: number): SimContainer {
  const { name, attempt, image, imageId } = config;
  return {
    id, sandboxId, name, attempt, image, imageId, behaviour,
    command: [...config.command, ...config.args],
    state: 'created',
    createdAt: now,
    startedAt: undefined, finishedAt: undefined, exitCode: undefined, signal: undefined, timer: undefined,
    onExit: new Set(),
  };
}

export function statusOf(container: SimContainer): ContainerStatus {
  const { id, sandboxId, name, attempt, state, image, imageId, createdAt, startedAt, finishedAt, exitCode, signal } = container;
  return {
    id, sandboxId, name, attempt, state, image, imageId, createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}
