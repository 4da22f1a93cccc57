import type { Deployment } from '@keelson/api/apps/v1';
import { resolveIntOrPercent } from '@keelson/api/intstr';

/** How far a rollout may stray from the wanted number of pods. */
export interface Limits {
  /** Pods above the wanted number. */
  readonly surge: number;
  /** Pods below it. */
  readonly unavailable: number;
}

/** Pods that the deployment asks for. */
export function wantedReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

/** True for the strategy that replaces pods little by little, the default. */
export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

/**
 * Surge rounds up, unavailable rounds down; when both come out as 0 one pod may be unavailable, because nothing could
 * move otherwise. Recreate has neither.
 */
export function limitsOf(deployment: Deployment): Limits {
  if (!isRolling(deployment)) return { surge: 0, unavailable: 0 };
  const wanted = wantedReplicas(deployment);
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, wanted, 'up') ?? 0;
  const unavailable = resolveIntOrPercent(maxUnavailable, wanted, 'down') ?? 0;
  return { surge, unavailable: Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}
