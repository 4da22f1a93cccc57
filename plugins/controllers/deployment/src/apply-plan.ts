import { ReplicaSet } from '@keelson/api/apps/v1';
import { sizeAnnotations } from './annotations.ts';
import { sizeOf } from './replica-sets.ts';
import type { Rollout, RolloutTools } from './rollout.ts';
import type { Resize } from './size-plan.ts';

/** Gives sets their sizes (and the annotations that go with it), with an event for each change; the rollout with the sets as stored. */
export async function applyPlan(rollout: Rollout, plan: readonly Resize[], tools: RolloutTools): Promise<Rollout> {
  const stored = new Map(await Promise.all(plan.map(async (resize) => [resize.set, await applyOne(rollout, resize, tools)] as const)));
  const newSet = rollout.newSet && (stored.get(rollout.newSet) ?? rollout.newSet);
  return { ...rollout, newSet, oldSets: rollout.oldSets.map((set) => stored.get(set) ?? set) };
}

async function applyOne({ deployment }: Rollout, { set, replicas }: Resize, { api, events }: RolloutTools): Promise<ReplicaSet> {
  const annotations = sizeAnnotations(deployment);
  const before = sizeOf(set);
  const annotated = Object.entries(annotations).every(([name, value]) => set.metadata.annotations?.[name] === value);
  if (before === replicas && annotated) return set;
  // A patch without resourceVersion: the set's own controller writes its status all the time, and only size counts here.
  const body = { metadata: { uid: set.metadata.uid, annotations }, ...(before === replicas ? {} : { spec: { replicas } }) };
  const stored = await api.patch(ReplicaSet, set.metadata, { type: 'merge', body });
  if (before !== replicas) {
    events.record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${replicas > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${replicas}`);
  }
  return stored;
}
