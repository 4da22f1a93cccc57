import type { PodContext } from './pod-context.ts';
import { slotsOf } from './pod-state.ts';
import type { ContainerSlot } from './container-slot.ts';

/** How much of a log stands in for a missing message (upstream's limits). */
const mostLogLines = 80;
const mostLogBytes = 2048;

/** Adds to what has ended since the last look what it said about its end. Runtimes without mounts have no such file. */
export async function readTerminationMessages(context: PodContext): Promise<void> {
  const { state, tools } = context;
  if (tools.host === undefined) return;
  for (const slot of slotsOf(state)) {
    if (!slot.unread || slot.ended === undefined) continue;
    slot.unread = false;
    const message = await messageOf(slot, context).catch((error: unknown) => {
      tools.log.warn('termination message could not be read', { pod: state.pod.metadata.name, container: slot.spec.name, error: String(error) });
      return '';
    });
    if (message !== '') slot.ended = { ...slot.ended, message };
  }
}

async function messageOf(slot: ContainerSlot, { state, tools }: PodContext): Promise<string> {
  const { spec, ended, id, created } = slot;
  const said = (await tools.host?.terminationMessage(state.pod.metadata.uid, spec.name, created - 1)) ?? '';
  const fallsBack = spec.terminationMessagePolicy === 'FallbackToLogsOnError' && ended !== undefined && ended.exitCode !== 0;
  if (said !== '' || !fallsBack || id === undefined) return said;
  let log = '';
  await tools.runtime.readLog(id, { tailLines: mostLogLines }, (chunk) => void (log += chunk));
  return Buffer.from(log).subarray(-mostLogBytes).toString('utf8');
}
