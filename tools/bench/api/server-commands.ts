import type { Target } from './load.ts';

/** Which server a process runs. */
export interface ServerChoice {
  readonly role: 'bare' | 'keelson';
  readonly driver?: 'memory' | 'embedded' | 'etcd';
  /** Data directory or endpoint of the driver. */
  readonly place?: string;
  /** Default: off, as a cluster is that nobody traces. */
  readonly tracing?: boolean;
}

/** What a measured server can be told over IPC. */
export type Command =
  /** `collect`: after a full garbage collection. */
  | { readonly do: 'usage'; readonly collect?: boolean }
  /** Creates pods in-process, so that a large store is filled quickly. */
  | { readonly do: 'fill'; readonly from: number; readonly count: number; readonly annotation: number }
  /** Emits watch events, ten a turn; `size` is that of a frame, for the server that has no objects. */
  | { readonly do: 'emit'; readonly from: number; readonly count: number; readonly size: number }
  | { readonly do: 'watch-delays' }
  | { readonly do: 'delays' }
  | { readonly do: 'exit' };

export interface Ready {
  readonly target: Target;
}

export interface CpuAndMemory {
  /** User and system time since the start. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly heapReservedBytes: number;
  readonly bufferBytes: number;
}

export interface Delays {
  /** Longest stall of the event loop that is the process's own, milliseconds. */
  readonly longestMs: number;
  /** Longest gap between two turns, whoever had the processor in it. */
  readonly longestWallMs: number;
  /** Longest pause for garbage collection. */
  readonly longestGcMs: number;
}
