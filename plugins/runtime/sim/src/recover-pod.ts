import type { ContainerStatus, Pod } from '@keelson/api/core/v1';
import { parseTime } from '@keelson/api/time';
import { behaviourOf, type BehaviourDefaults } from './behaviour.ts';
import { newContainer, type SimContainer } from './sim-container.ts';
import type { SimSandbox } from './sim-sandbox.ts';

const scheme = 'sim://';

/** The sandbox and containers that a pod's status shows; undefined for a pod that this runtime never started. */
export function recoverPod(pod: Pod, sandboxId: string, defaults: BehaviourDefaults): SimSandbox | undefined {
  const { status, spec } = pod;
  const shown = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].filter(({ containerID }) => containerID?.startsWith(scheme));
  if (shown.length === 0) return undefined;
  const running = shown.some(({ state }) => state?.running !== undefined);
  const ips = status?.podIP === undefined || status.podIP === '' ? [] : [status.podIP];
  const config = { annotations: pod.metadata.annotations ?? {}, labels: pod.metadata.labels ?? {} };
  const sandbox: SimSandbox = {
    config,
    status: { id: sandboxId, podUid: pod.metadata.uid, attempt: 0, state: running ? 'ready' : 'not-ready', ips: running ? ips : [], createdAt: parseTime(status?.startTime ?? '') ?? 0 },
    containers: new Map(),
  };
  for (const seen of shown) {
    const init = spec.initContainers?.find(({ name }) => name === seen.name);
    const role = init === undefined ? 'app' : init.restartPolicy === 'Always' ? 'sidecar' : 'init';
    const container = containerFrom(seen, sandboxId, { role, config, defaults });
    if (container !== undefined) sandbox.containers.set(container.id, container);
  }
  return sandbox;
}

function containerFrom(
  seen: ContainerStatus,
  sandboxId: string,
  { role, config, defaults }: { role: 'init' | 'sidecar' | 'app'; config: SimSandbox['config']; defaults: BehaviourDefaults },
): SimContainer | undefined {
  const ended = seen.state?.terminated ?? (seen.state?.waiting === undefined ? undefined : seen.lastState?.terminated);
  const startedAt = parseTime(seen.state?.running?.startedAt ?? ended?.startedAt ?? '');
  if (startedAt === undefined) return undefined;
  const id = (seen.containerID ?? '').slice(scheme.length);
  const container = newContainer(
    id, sandboxId,
    { name: seen.name, role, attempt: seen.restartCount, image: seen.image, imageId: seen.imageID, command: [], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {} },
    behaviourOf({ name: seen.name, role }, config, defaults),
    startedAt,
  );
  container.startedAt = startedAt;
  container.state = ended === undefined ? 'running' : 'exited';
  container.finishedAt = ended === undefined ? undefined : (parseTime(ended.finishedAt ?? '') ?? startedAt);
  container.exitCode = ended?.exitCode;
  return container;
}
