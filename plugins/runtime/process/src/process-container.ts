import type { Cancel } from '@keelson/sdk';
import type { ContainerConfig, ContainerState, ContainerStatus } from '@keelson/sdk/runtime';
import type { RunningProcess } from './child-process.ts';
import type { LogWriter } from './log-writer.ts';

/** A container that is a process of this machine. */
export interface ProcessContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  /** Its own folder, and where it starts unless its spec says otherwise. */
  readonly home: string;
  readonly log: LogWriter;
  readonly createdAt: number;
  state: ContainerState;
  process: RunningProcess | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  exitCode: number | undefined;
  signal: number | undefined;
  /** SIGKILL is due then (monotonic), once a stop was asked for. */
  kill: { readonly at: number; readonly timer: Cancel } | undefined;
}

export function statusOf({ id, sandboxId, config, state, createdAt, startedAt, finishedAt, exitCode, signal }: ProcessContainer): ContainerStatus {
  return {
    id, sandboxId, state, createdAt,
    name: config.name, attempt: config.attempt, image: config.image, imageId: config.imageId,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}
