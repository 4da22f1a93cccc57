import type { Node } from '../core/v1/index.ts';
import { findCondition } from '../meta/conditions.ts';
import { orNone } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, wide, type Printer } from './table.ts';

/** Nodes. */
export const nodePrinter: Printer<Node> = {
  columns: [
    nameColumn, column('Status', 'whether it takes pods'), column('Roles', 'roles that its labels give it'), ageColumn, column('Version', 'version of its agent'),
    wide('Internal-IP', 'address inside the cluster'), wide('External-IP', 'address outside the cluster'), wide('OS-Image', 'operating system'),
    wide('Kernel-Version', 'kernel'), wide('Container-Runtime', 'runtime and its version'),
  ],
  row: (object, now) => {
    const info = object.status?.nodeInfo;
    return [
      nameOf(object), nodeStatus(object), nodeRoles(object), age(object, now), info?.kubeletVersion ?? '', addressOf(object, 'InternalIP'), addressOf(object, 'ExternalIP'),
      orUnknown(info?.osImage), orUnknown(info?.kernelVersion), orUnknown(info?.containerRuntimeVersion),
    ];
  },
};

function nodeStatus({ spec, status }: Node): string {
  const ready = findCondition(status?.conditions, 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: Node): string {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(metadata.labels ?? {})) {
    if (label.startsWith(rolePrefix) && label.length > rolePrefix.length) roles.add(label.slice(rolePrefix.length));
    else if (label === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return orNone([...roles].sort().join(','));
}

function addressOf({ status }: Node, type: string): string {
  return orNone(status?.addresses?.find((address) => address.type === type)?.address);
}

function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? '<unknown>' : text;
}
