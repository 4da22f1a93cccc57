import type { LifecycleHandler } from '@keelson/api/core/v1';
import type { ProbeOutcome } from '@keelson/sdk/runtime';
import type { ContainerSlot } from '../pod/container-slot.ts';
import type { PodContext } from '../pod/pod-context.ts';
import { runAction } from './run-probe.ts';

/** Longest time that a hook without a limit of its own gets, milliseconds. */
const longest = 10 * 60_000;

/** Runs a postStart or preStop hook for at most `limitMs`. A runtime that answers probes itself plays hooks as well: they succeed at once. */
export async function runHook(hook: LifecycleHandler, slot: ContainerSlot, { state, tools, signal }: PodContext, limitMs: number): Promise<ProbeOutcome> {
  const limit = Math.min(limitMs, longest);
  try {
    if (hook.sleep !== undefined) {
      await tools.clock.sleep(Math.min(limit, 1000 * hook.sleep.seconds), signal);
      return { ok: true };
    }
    if (tools.runtime.probe !== undefined) return { ok: true };
    const target = { container: slot.spec, containerId: slot.id!, podIp: state.sandbox?.ips[0] ?? tools.hostIp };
    return await runAction(hook, target, tools, limit);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
