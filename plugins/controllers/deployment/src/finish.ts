import type { Deployment, DeploymentStatus } from '@keelson/api/apps/v1';
import { jsonEqual } from '@keelson/reconcile';
import { surplusHistory } from './history.ts';
import { nextStatus } from './next-status.ts';
import { deadlineAt, isComplete, withProgress } from './progress.ts';
import type { Rollout, RolloutTools } from './rollout.ts';

/** Writes the status once, with all that the steps before have found; only if something changed. */
export async function writeStatus(rollout: Rollout, status: DeploymentStatus, { api }: RolloutTools): Promise<Deployment> {
  if (jsonEqual(rollout.deployment.status, status)) return rollout.deployment;
  return api.updateStatus({ ...rollout.deployment, status });
}

/** Counts without judging progress: for a deployment that is paused, being scaled or going. */
export async function finishSync(rollout: Rollout, tools: RolloutTools): Promise<undefined> {
  await writeStatus(rollout, nextStatus({ ...rollout, now: tools.now }), tools);
  if (rollout.deployment.spec.paused) await dropHistory(rollout, tools);
  return undefined;
}

/** Counts and judges progress; resolves to when the deadline must be looked at. */
export async function finishRollout(rollout: Rollout, tools: RolloutTools): Promise<{ readonly requeueAfter: number } | undefined> {
  const { deployment, newSet } = rollout;
  const { now } = tools;
  const counted = nextStatus({ ...rollout, now });
  const conditions = withProgress({ deployment, newSet, status: counted, conditions: counted.conditions ?? [], now });
  const status = { ...counted, conditions: [...conditions] };
  await writeStatus(rollout, status, tools);
  if (isComplete(deployment, status)) await dropHistory(rollout, tools);
  const deadline = deadlineAt(deployment, conditions);
  return deadline === undefined || isComplete(deployment, status) ? undefined : { requeueAfter: Math.max(1000, deadline - now + 1000) };
}

async function dropHistory({ deployment, oldSets }: Rollout, { api }: RolloutTools): Promise<void> {
  for (const set of surplusHistory(deployment, oldSets)) await api.delete(set, { preconditions: { uid: set.metadata.uid } });
}
