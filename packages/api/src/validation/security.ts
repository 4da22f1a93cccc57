import type { PodSecurityContext, SeccompProfile, SecurityContext } from '../core/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkRange } from './rules.ts';

const ids: readonly [number, number] = [0, 2_147_483_647];

/** User, group and privileges of one container. */
export function checkSecurityContext(context: SecurityContext | undefined, field: string, causes: Causes): void {
  if (context === undefined) return;
  checkRange(context.runAsUser, `${field}.runAsUser`, ids, causes);
  checkRange(context.runAsGroup, `${field}.runAsGroup`, ids, causes);
  checkSeccomp(context.seccompProfile, `${field}.seccompProfile`, causes);
  checkEnum(context.procMount, `${field}.procMount`, ['Default', 'Unmasked'], causes);
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged === true) causes.invalid(`${field}`, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
  if (context.capabilities?.add?.some((name) => name === 'SYS_ADMIN' || name === 'CAP_SYS_ADMIN') === true) {
    causes.invalid(`${field}`, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
  }
}

/** User, group and files of all containers of a pod. */
export function checkPodSecurityContext(context: PodSecurityContext | undefined, field: string, causes: Causes): void {
  if (context === undefined) return;
  for (const part of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) checkRange(context[part], `${field}.${part}`, ids, causes);
  for (const [index, group] of (context.supplementalGroups ?? []).entries()) checkRange(group, `${field}.supplementalGroups[${index}]`, ids, causes);
  checkEnum(context.fsGroupChangePolicy, `${field}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch'], causes);
  checkSeccomp(context.seccompProfile, `${field}.seccompProfile`, causes);
  const names = new Set<string>();
  for (const [index, { name }] of (context.sysctls ?? []).entries()) {
    const at = `${field}.sysctls[${index}].name`;
    if (!name) causes.required(at);
    else if (names.has(name)) causes.duplicate(at, name);
    names.add(name);
  }
}

function checkSeccomp(profile: SeccompProfile | undefined, field: string, causes: Causes): void {
  if (profile === undefined) return;
  checkEnum(profile.type, `${field}.type`, ['Localhost', 'RuntimeDefault', 'Unconfined'], causes, true);
  if (profile.type === 'Localhost') {
    if (!profile.localhostProfile) causes.required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost');
  } else if (profile.localhostProfile !== undefined) {
    causes.invalid(`${field}.localhostProfile`, profile.localhostProfile, 'can only be set when seccomp type is Localhost');
  }
}
