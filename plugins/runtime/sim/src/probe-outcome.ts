import type { ProbeOutcome } from '@keelson/sdk/runtime';
import type { SimContainer } from './sim-container.ts';

/** What a probe of a simulated container finds, by its annotations and its age. */
export function probeOutcome(container: SimContainer | undefined, type: 'startup' | 'liveness' | 'readiness', now: number): ProbeOutcome {
  if (container?.state !== 'running') return { ok: false, message: 'simulated: container is not running' };
  const { behaviour, startedAt = now } = container;
  const age = now - startedAt;
  const refuse = (why: string): ProbeOutcome => ({ ok: false, message: `simulated: ${why}` });
  if (type === 'startup') return age >= behaviour.startupAfterMs ? { ok: true } : refuse('not started up yet');
  if (type === 'liveness') return behaviour.liveForMs === undefined || age < behaviour.liveForMs ? { ok: true } : refuse('no longer alive');
  if (behaviour.unready) return refuse('never ready');
  return age >= behaviour.readyAfterMs ? { ok: true } : refuse('not ready yet');
}
