import { objectKey } from '@keelson/api';
import type { ReplicaSet } from '@keelson/api/apps/v1';
import type { Pod } from '@keelson/api/core/v1';
import { slowStartBatch } from '@keelson/reconcile';
import { isStatus, type ApiClient, type StatusError } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import { newPod } from './new-pod.ts';
import { rankForDeletion } from './rank-for-deletion.ts';

/** What scaling acts through. */
export interface ScaleTools {
  readonly api: ApiClient;
  readonly events: EventRecorder;
}

/** What is to be scaled. */
export interface ScaleInput {
  readonly set: ReplicaSet;
  /** The set's active pods. */
  readonly active: readonly Pod[];
  /** Active pods of the set's siblings, itself included; asked for only when some pods must be chosen. */
  related(): readonly Pod[];
  readonly burst: number;
  readonly now: number;
}

/** What scaling has done. */
export interface Scaled {
  readonly created: readonly Pod[];
  /** Keys of deleted pods. */
  readonly deleted: ReadonlySet<string>;
  readonly error: unknown;
}

/** Creates or deletes pods until there are as many as asked for, at most `burst` at a time. */
export async function scalePods(input: ScaleInput, tools: ScaleTools): Promise<Scaled> {
  const missing = (input.set.spec.replicas ?? 1) - input.active.length;
  if (missing > 0) return create(input, tools, Math.min(missing, input.burst));
  if (missing < 0) return remove(input, tools, Math.min(-missing, input.burst));
  return { created: [], deleted: new Set(), error: undefined };
}

async function create({ set }: ScaleInput, { api, events }: ScaleTools, count: number): Promise<Scaled> {
  const pod = newPod(set);
  const created: Pod[] = [];
  const { error } = await slowStartBatch(count, async () => {
    try {
      const made = await api.create(pod);
      created.push(made);
      events.record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
    } catch (failure) {
      if (!isNamespaceTerminating(failure)) events.record(set, 'Warning', 'FailedCreate', `Error creating: ${(failure as Error).message}`);
      throw failure;
    }
  });
  // Nothing can be created in a namespace that goes; its end takes the set along.
  return { created, deleted: new Set(), error: isNamespaceTerminating(error) ? undefined : error };
}

async function remove(input: ScaleInput, { api, events }: ScaleTools, count: number): Promise<Scaled> {
  const { set, active, now } = input;
  const deleted = new Set<string>();
  const chosen = count < active.length ? rankForDeletion(active, count, input.related(), now) : active;
  const outcomes = await Promise.allSettled(
    chosen.map(async (pod) => {
      try {
        await api.delete(pod, { preconditions: { uid: pod.metadata.uid } });
        deleted.add(objectKey(pod));
        events.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      } catch (failure) {
        events.record(set, 'Warning', 'FailedDelete', `Error deleting: ${(failure as Error).message}`);
        throw failure;
      }
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  return { created: [], deleted, error: failed?.reason };
}

function isNamespaceTerminating(error: unknown): boolean {
  return isStatus(error, 'Forbidden') && ((error as StatusError).details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false);
}
