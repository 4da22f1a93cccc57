import type { Clock, Logger, Random } from '@keelson/sdk';
import type { Distribution } from '@keelson/distro';
import type { LoggerOptions } from './adapters/pino-logger.ts';
import type { Processes } from './adapters/processes.ts';
import type { StopSignals } from './adapters/stop-signals.ts';
import type { UncaughtErrors } from './adapters/uncaught-errors.ts';
import type { ClusterApi } from './adapters/cluster-api.ts';
import type { Parts } from './seams.ts';

/** A stream to write to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** Everything outside the program, handed over by `main.ts`; tests give another one. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly pid: number;
  /** Data. */
  readonly out: Output;
  /** Progress, logs, errors. */
  readonly err: Output;
  /** Program and first arguments that run this command again. */
  readonly self: readonly string[];
  /** The same, past the launcher that builds in a checkout. */
  readonly program: readonly string[];
  /** Folder of image archives that every host gets; absent: none. */
  readonly images?: string;
  readonly version: string;
  readonly processes: Processes;
  readonly signals: StopSignals;
  readonly uncaught: UncaughtErrors;
  readonly clusterApi: ClusterApi;
  readonly parts: Parts;
  /** What runs when no distribution is named; absent: the preset `standard`. A built artifact carries its own. */
  readonly ownDistribution?: Distribution;
  /** Module whose `runDistribution` makes an artifact; absent outside a checkout. */
  readonly artifactProgram?: string;
  logger(options: Omit<LoggerOptions, 'write'>): Logger;
  /** Ends the process at once; for the second signal. */
  exitNow(code: number): never;
}
