import { formatDuration } from '@keelson/api/time';
import type { PodContext } from './pod-context.ts';

const retryMs = 10_000;

/** Makes the pod's sandbox if there is none; false when that failed and is tried again later. */
export async function ensureSandbox({ state, tools, signal, wakeAt }: PodContext): Promise<boolean> {
  if (state.sandbox?.state === 'ready') return true;
  const { pod } = state;
  const { metadata, spec } = pod;
  try {
    state.sandbox = await tools.runtime.runSandbox(
      {
        podUid: metadata.uid,
        podName: metadata.name,
        podNamespace: metadata.namespace ?? '',
        attempt: state.sandboxes,
        hostname: (spec.hostname ?? metadata.name).slice(0, 63),
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
        hostNetwork: spec.hostNetwork === true,
      },
      signal,
    );
    state.sandboxes++;
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    tools.events.record(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${message}`);
    tools.log.warn('pod sandbox could not be made', { pod: metadata.name, error: message, retryIn: formatDuration(retryMs) });
    wakeAt(tools.clock.now() + retryMs);
    return false;
  }
}
