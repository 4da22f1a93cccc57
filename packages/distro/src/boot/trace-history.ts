import { join } from 'node:path';
import type { Clock, Logger } from '@keelson/sdk';
import { queryTraces, type TraceAnswer, type TraceQuery, type Tracing } from '@keelson/telemetry';
import { TraceArchive } from '@keelson/telemetry/archive';

/** Answers questions about traces, and keeps them over a restart where the cluster's data is kept. */
export interface TraceHistory {
  query(query: TraceQuery): TraceAnswer | Promise<TraceAnswer>;
  /** Writes down what is not on disk yet. */
  close(): Promise<void>;
}

/** `folder` undefined: the cluster keeps nothing, so neither do its traces. A folder that cannot be written costs the history, not the cluster. */
export function openTraceHistory(folder: string | undefined, { ring, settings }: Tracing, { clock, log }: { readonly clock: Clock; readonly log: Logger }): TraceHistory {
  const onError = (error: Error): void => {
    log.warn('traces are not kept on disk', { error: error.message });
  };
  if (folder !== undefined && settings.enabled) {
    try {
      return new TraceArchive({ folder: join(folder, 'traces'), ring, clock, onError });
    } catch (error) {
      onError(error as Error);
    }
  }
  return { query: (query) => queryTraces(ring, query), close: () => Promise.resolve() };
}
