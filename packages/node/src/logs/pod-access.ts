import { StatusError } from '@keelson/sdk';
import type { ContainerRuntime, PodExec, PodLogs, PodRef } from '@keelson/sdk/runtime';
import type { PodState } from '../pod/pod-state.ts';
import { findContainer, logContainerId } from './find-container.ts';

/** A pod that runs here, with its runtime. */
export interface LocatedPod {
  readonly state: PodState;
  readonly runtime: ContainerRuntime;
}

/** Logs and commands of the pods that `locate` knows. */
export function podAccess(locate: (pod: PodRef) => LocatedPod | undefined): PodLogs & PodExec {
  const find = (pod: PodRef): LocatedPod => {
    const found = locate(pod);
    if (found === undefined) throw new StatusError('NotFound', `pods "${pod.name}" not found`, { kind: 'pods', name: pod.name });
    return found;
  };
  return {
    async read(pod, container, options, sink) {
      const { state, runtime } = find(pod);
      const slot = findContainer(state, container);
      const id = logContainerId(slot, state, options.previous === true);
      if (runtime.containerStatus(id) === undefined) {
        throw new StatusError('BadRequest', `unable to retrieve container logs for ${runtime.info.name}://${id}: the container ran before the node agent was restarted and its log is gone`);
      }
      await runtime.readLog(id, options, sink);
    },
    async exec(pod, container, request) {
      const { state, runtime } = find(pod);
      const slot = findContainer(state, container);
      if (runtime.exec === undefined) {
        throw new StatusError('BadRequest', `the ${runtime.info.name} runtime of node ${state.pod.spec.nodeName ?? ''} cannot run commands: choose a runtime that runs real containers`);
      }
      if (!slot.running || slot.id === undefined) throw new StatusError('BadRequest', `container "${slot.spec.name}" in pod "${state.pod.metadata.name}" is not running`);
      return runtime.exec(slot.id, request);
    },
  };
}
