import type { Tracer } from '@opentelemetry/api';
import type { Pod } from '@keelson/api/core/v1';
import type { Clock, Logger } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { ContainerRuntime } from '@keelson/sdk/runtime';
import type { NodeHost } from '../host/node-host.ts';
import type { EnvSources } from '../env/build-env.ts';
import type { NetworkProber } from '../probe/probe-action.ts';
import type { StatusWriter } from '../status/status-writer.ts';
import type { VolumeTools } from '../volumes/pod-volumes.ts';
import type { DnsSettings } from './dns-config.ts';
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
  readonly statuses: Pick<StatusWriter, 'report' | 'written' | 'forget'>;
  readonly env: EnvSources;
  readonly network: NetworkProber;
  readonly crashes: GrowingBackoff;
  readonly pulls: GrowingBackoff;
  readonly volumes: VolumeTools;
  /** This machine; undefined: the runtime takes no mounts, nothing is written to disk. */
  readonly host: NodeHost | undefined;
  readonly dns: DnsSettings;
  /** Capacity, bytes. */
  readonly nodeMemory: number;
  /** Why pods cannot be joined to the network now, in upstream's words; undefined: they can. */
  networkFault(): string | undefined;
  /** Removes the object once everything of it has ended here; does nothing when it is gone or is another pod by now. */
  deletePod(pod: Pod): Promise<void>;
}
