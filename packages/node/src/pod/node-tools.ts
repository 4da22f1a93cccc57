import type { Tracer } from '@opentelemetry/api';
import type { Pod } from '@keelson/api/core/v1';
import type { Clock, Logger } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { ContainerRuntime } from '@keelson/sdk/runtime';
import type { EnvSources } from '../env/build-env.ts';
import type { NetworkProber } from '../probe/probe-action.ts';
import type { StatusWriter } from '../status/status-writer.ts';
import type { GrowingBackoff } from './growing-backoff.ts';

/** What the pods of one node work with. */
export interface NodeTools {
  readonly nodeName: string;
  readonly hostIp: string;
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly events: EventRecorder;
  readonly statuses: StatusWriter;
  readonly env: EnvSources;
  readonly network: NetworkProber;
  readonly crashes: GrowingBackoff;
  readonly pulls: GrowingBackoff;
  /** Removes the object once everything of it has ended here; does nothing when it is gone or is another pod by now. */
  deletePod(pod: Pod): Promise<void>;
}
