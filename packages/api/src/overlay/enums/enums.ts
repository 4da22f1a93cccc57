import { admissionEnums } from './admission.ts';
import type { ClosedSet, PackageEnums } from './closed-set.ts';
import { coreEnums, volumeEnums } from './core.ts';
import { certificatesEnums, discoveryEnums, networkingEnums, resourceEnums, storageEnums } from './infrastructure.ts';
import { podEnums } from './pod.ts';
import { appsEnums, batchEnums, policyEnums, schedulingEnums } from './workloads.ts';

const packages: Readonly<Record<string, PackageEnums>> = {
  admissionregistration: admissionEnums,
  apps: appsEnums,
  batch: batchEnums,
  certificates: certificatesEnums,
  core: { ...coreEnums, ...podEnums, ...volumeEnums },
  discovery: discoveryEnums,
  networking: networkingEnums,
  policy: policyEnums,
  resource: resourceEnums,
  scheduling: schedulingEnums,
  storage: storageEnums,
};

const prefix = 'io.k8s.api.';

/** Closed sets that upstream's OpenAPI names for the fields of a built-in definition; fields whose values may grow have none. */
export function enumsOf(definition: string): Readonly<Record<string, ClosedSet>> | undefined {
  if (!definition.startsWith(prefix)) return undefined;
  const [group = '', version, type = ''] = definition.slice(prefix.length).split('.');
  return version === 'v1' ? packages[group]?.[type] : undefined;
}

/** Every field with a closed set, as `io.k8s.api.core.v1.PodSpec.restartPolicy`. */
export function enumFields(): readonly string[] {
  return Object.entries(packages).flatMap(([group, types]) =>
    Object.entries(types).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${prefix}${group}.v1.${type}.${field}`)));
}
