import type { Pod, PodTemplate } from '../core/v1/index.ts';
import { isConditionTrue } from '../meta/conditions.ts';
import { humanDuration } from '../time/index.ts';
import { containerImages, containerNames, labelsText, orNone } from './format.ts';
import { summarizePod } from './pod-status.ts';
import { age, ageColumn, column, nameColumn, nameOf, wide, type Printer } from './table.ts';

/** Pods. */
export const podPrinter: Printer<Pod> = {
  columns: [
    nameColumn,
    column('Ready', 'containers that are ready, of all'),
    column('Status', 'what the pod is doing, or what keeps it from running'),
    column('Restarts', 'restarts of its containers, and how long ago the last was'),
    ageColumn,
    wide('IP', 'address of the pod'),
    wide('Node', 'node that the pod is bound to'),
    wide('Nominated Node', 'node that lower priority pods make room on'),
    wide('Readiness Gates', 'extra conditions that are true, of all'),
  ],
  row: (pod, now) => {
    const { ready, total, status, restarts, lastRestart } = summarizePod(pod);
    const ago = restarts > 0 && lastRestart !== undefined ? ` (${humanDuration(now - lastRestart)} ago)` : '';
    return [
      nameOf(pod), `${ready}/${total}`, status, `${restarts}${ago}`, age(pod, now), orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
      orNone(pod.spec?.nodeName), orNone(pod.status?.nominatedNodeName), readinessGates(pod),
    ];
  },
};

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter(({ conditionType }) => isConditionTrue(status?.conditions, conditionType)).length}/${gates.length}`;
}

/** Pod templates. */
export const podTemplatePrinter: Printer<PodTemplate> = {
  columns: [nameColumn, column('Containers', 'names of the containers'), column('Images', 'images of the containers'), column('Pod Labels', 'labels of its pods')],
  row: (object) => {
    const containers = object.template?.spec?.containers;
    return [nameOf(object), containerNames(containers), containerImages(containers), labelsText(object.template?.metadata?.labels)];
  },
};
