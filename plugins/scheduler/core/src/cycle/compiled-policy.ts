import type { ClusterSnapshot, FilterPlan, FilterPolicy, PodInfo, ScorePlan, ScorePolicy } from '@keelson/sdk/scheduler';

/** A filter policy's plan for the pod of this cycle: the policy's own, or a loop over its simple form. */
export function filterPlan(policy: FilterPolicy, pod: PodInfo, snapshot: ClusterSnapshot): FilterPlan | undefined {
  if (policy.prepare !== undefined) return policy.prepare(pod, snapshot);
  if (policy.filter === undefined) return undefined;
  return {
    run(rows, from, to, verdicts, code) {
      for (let at = from; at < to; at++) {
        if (verdicts[at] === 0 && policy.filter!(pod.pod, snapshot.view(rows[at]!)) !== undefined) verdicts[at] = code;
      }
    },
    reasons: (row) => {
      const reason = policy.filter!(pod.pod, snapshot.view(row));
      return reason === undefined ? [] : [reason];
    },
  };
}

/** A score policy's plan for the pod of this cycle, normalised, every score within 0…100. */
export function scorePlan(policy: ScorePolicy, pod: PodInfo, snapshot: ClusterSnapshot): ScorePlan | undefined {
  const raw = policy.prepare !== undefined ? policy.prepare(pod, snapshot) : simpleScore(policy, pod, snapshot);
  if (raw === undefined || (policy.normalize === undefined && policy.prepare !== undefined)) return raw;
  return (rows, count, scores) => {
    raw(rows, count, scores);
    policy.normalize?.(scores, count);
    // A simple policy is somebody else's first attempt: a NaN or 1e9 of it must not decide for all others.
    for (let at = 0; at < count; at++) scores[at] = scores[at]! >= 0 ? Math.min(100, scores[at]!) : 0;
  };
}

function simpleScore(policy: ScorePolicy, pod: PodInfo, snapshot: ClusterSnapshot): ScorePlan | undefined {
  if (policy.score === undefined) return undefined;
  return (rows, count, scores) => {
    for (let at = 0; at < count; at++) scores[at] = policy.score!(pod.pod, snapshot.view(rows[at]!));
  };
}
